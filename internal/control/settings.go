package control

// SettingInfo shows a setting.
type SettingInfo struct {
	Key     string `json:"key"`
	Value   string `json:"value"`
	Default string `json:"default"`
	About   string `json:"about"`
	Note    string `json:"note,omitempty"` // what else has to be done for it to be of use
}

// SettingArgs sets a setting; an empty value restores the default.
type SettingArgs struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// SettingChange is what setting something would come to.
type SettingChange struct {
	Moves   bool        `json:"moves,omitempty"`   // the console is found elsewhere then
	Origins []string    `json:"origins,omitempty"` // there
	Stops   []PasskeyOf `json:"stops"`             // what works now and would not
}

// PasskeyOf is somebody's passkey.
type PasskeyOf struct {
	Person string `json:"person"`
	Label  string `json:"label"`
	Domain string `json:"domain"`
}
