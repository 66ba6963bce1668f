package keeper

import (
	"context"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/words"
)

const settingLanguage = "language"

func checkLanguage(v string) error {
	if words.In(v) == nil {
		return privyseal.E(privyseal.KindInvalid, "there is no language “"+v+"”", "choose one of: "+strings.Join(words.Languages(), ", "))
	}
	return nil
}

// setLanguage takes over the language that is set.
func (k *Keeper) setLanguage() { k.tongue.Store(words.In(k.setting(settingLanguage))) }

// say is the catalogue in the language that the person chose.
func (k *Keeper) say() *words.Catalogue {
	if c := k.tongue.Load(); c != nil {
		return c
	}
	return words.English
}

// Speak sets the language of a new signer.
func (k *Keeper) Speak(ctx context.Context, lang string) error {
	_, err := k.setSetting(ctx, control.SettingArgs{Key: settingLanguage, Value: lang})
	return err
}
