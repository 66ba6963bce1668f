// Command privyseal is the signer as people run it: the two halves wired
// together (up), and a verb for everything a person does. It refuses to decide
// anything, to keep a fact, and to print a secret that was not asked for: verbs
// ask the running signer over its control socket, and show what it says.
package main
