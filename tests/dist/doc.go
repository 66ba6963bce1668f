// Package dist tests what scripts/dist makes for release: that the same source
// gives the same bytes, that programs start, that packages hold what they
// should. It needs what a Debian builder has (make dist-test says what), so it
// stands behind the build tag dist. It installs nothing.
package dist
