// Package access is who may use the console: people with their roles, passkeys
// and sessions, how they sign in and prove what they want, and how often a
// passphrase may be tried. It refuses a challenge for anything but what it was
// made for, and a second time, and it decides nothing about what a person may
// do: that is the keeper's table of rights.
package access
