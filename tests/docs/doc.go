// Package docs holds the documents against the tree: numbered rows are whole,
// named tests exist, links lead somewhere. It refuses to judge what they say.
package docs
