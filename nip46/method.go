package nip46

// methods are the names we know; a lookup yields the constant.
var methods = func() map[Method]Method {
	known := make(map[Method]Method)
	for _, m := range []Method{
		Connect, SignEvent, Ping, GetPublicKey,
		Nip04Encrypt, Nip04Decrypt, Nip44Encrypt, Nip44Decrypt,
		SwitchRelays, Logout,
		GetRelays, Describe, CreateAccount, Disconnect,
	} {
		known[m] = m
	}
	return known
}()

// grantable are the methods a permission can name, in the order in which an
// error lists them. The others are never more than answered with an error.
var grantable = []Method{
	SignEvent, Nip44Encrypt, Nip44Decrypt, Nip04Encrypt, Nip04Decrypt,
	GetPublicKey, GetRelays, Ping, Connect, SwitchRelays, Logout,
}

// hasPeer reports a method whose first parameter is a third party's key.
func (m Method) hasPeer() bool {
	switch m {
	case Nip04Encrypt, Nip04Decrypt, Nip44Encrypt, Nip44Decrypt:
		return true
	case Connect, SignEvent, Ping, GetPublicKey, SwitchRelays, Logout,
		GetRelays, Describe, CreateAccount, Disconnect:
	}
	return false
}
