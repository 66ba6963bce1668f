// Package promptbook is every question there is, asked about made-up requests:
// each kind at its own level and of a new app, each operation, each thing that
// raises a level or blocks. It is for review and for golden files. It refuses
// to read a store, a clock, or a real request.
package promptbook
