package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"

	"github.com/privyseal/privyseal/internal/store"
)

// conn is one connection of the driver with its prepared statements. It is for
// one goroutine at a time.
type conn struct {
	c     driver.Conn
	stmts map[string]driver.Stmt
	args  []driver.NamedValue
	fault error // the engine's own first failure since it was last cleared
	wrote int   // rows changed so far
}

// dial opens a connection.
func dial(k connector) (*conn, error) {
	c, err := k.Connect(context.Background())
	if err != nil {
		return nil, explain(err)
	}
	return &conn{c: c, stmts: map[string]driver.Stmt{}}, nil
}

func (c *conn) close() error {
	for _, s := range c.stmts {
		s.Close()
	}
	return explain(c.c.Close())
}

// stmt answers the prepared statement of a query. The queries are a fixed set.
func (c *conn) stmt(query string) (driver.Stmt, error) {
	if s := c.stmts[query]; s != nil {
		return s, nil
	}
	s, err := c.c.Prepare(query)
	if err != nil {
		return nil, c.failed(err)
	}
	c.stmts[query] = s
	return s, nil
}

func (c *conn) bind(args []driver.Value) []driver.NamedValue {
	c.args = c.args[:0]
	for i, a := range args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return c.args
}

// exec runs a statement and answers how many rows it changed.
func (c *conn) exec(query string, args ...driver.Value) (int, error) {
	s, err := c.stmt(query)
	if err != nil {
		return 0, err
	}
	r, err := s.(driver.StmtExecContext).ExecContext(context.Background(), c.bind(args))
	if err != nil {
		return 0, c.failed(err)
	}
	n, err := r.RowsAffected()
	return int(n), err
}

// change is exec for statements that change facts.
func (c *conn) change(query string, args ...driver.Value) (int, error) {
	n, err := c.exec(query, args...)
	c.wrote += n
	return n, err
}

// must is change for statements on one row: without it, ErrNotFound.
func (c *conn) must(query string, args ...driver.Value) error {
	n, err := c.change(query, args...)
	if err == nil && n == 0 {
		return store.ErrNotFound
	}
	return err
}

// each reads the rows of a query one after the other, until fn fails, as it must
// where a row cannot be read. What fn does not keep is not kept: a list of 100,000 apps is moved many times as it grows.
func each(c *conn, fn func(*row) error, query string, args ...driver.Value) error {
	s, err := c.stmt(query)
	if err != nil {
		return err
	}
	rows, err := s.(driver.StmtQueryContext).QueryContext(context.Background(), c.bind(args))
	if err != nil {
		return c.failed(err)
	}
	defer rows.Close()
	r := row{vals: make([]driver.Value, len(rows.Columns()))}
	for {
		switch err := rows.Next(r.vals); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return c.failed(err)
		}
		r.next = 0
		if err := fn(&r); err != nil {
			return err
		}
	}
}

// list reads all rows of a query.
func list[T any](c *conn, scan func(*row) T, query string, args ...driver.Value) (all []T, err error) {
	err = each(c, func(r *row) error { all = append(all, scan(r)); return r.err }, query, args...)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// one reads the only row of a query; without it, ErrNotFound.
func one[T any](c *conn, scan func(*row) T, query string, args ...driver.Value) (T, error) {
	all, err := list(c, scan, query, args...)
	if err != nil || len(all) == 0 {
		var zero T
		if err == nil {
			err = store.ErrNotFound
		}
		return zero, err
	}
	return all[0], nil
}
