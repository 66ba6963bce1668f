package webapp

// Desk is the second app, of other people and on another origin: it has nothing
// of its own, and finds an account's places, follows and settings again.
type Desk struct{ *site }

// NewDesk makes it.
func NewDesk(o Options) (*Desk, error) {
	s, err := newSite(o, "Reading Desk", "layout.html", link{"/", "Desk"})
	if err != nil {
		return nil, err
	}
	s.page("/{$}", "desk.html", func(v visit) (any, error) {
		if !v.in {
			return nil, nil
		}
		return s.belongings(v.Context(), v.who)
	})
	return &Desk{s}, nil
}
