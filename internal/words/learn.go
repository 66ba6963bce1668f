package words

// LearnLeft says why something that was approved teaches nothing.
func (c *Catalogue) LearnLeft(why string, times int) string {
	return c.say("left-"+why, "n", c.number(int64(times)))
}

// LearntReady says that rules wait which were learnt for the app of that name,
// and the command that shows them.
func (c *Catalogue) LearntReady(name string) (said, fix string) {
	return c.say("learnt-ready", "app", clean(name, maxClaim)), "privyseal policy learn " + argument(name)
}
