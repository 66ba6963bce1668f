package store

import "context"

type bulk struct{}

// Bulk marks what is done under a context as one of many: nobody else waits for
// it to share a commit.
func Bulk(ctx context.Context) context.Context { return context.WithValue(ctx, bulk{}, true) }

// InBulk reports whether a context is marked so.
func InBulk(ctx context.Context) bool { return ctx.Value(bulk{}) != nil }
