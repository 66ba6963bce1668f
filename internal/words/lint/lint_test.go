package lint

import (
	"slices"
	"testing"
)

func TestSyllables(t *testing.T) {
	for w, want := range map[string]int{"post": 1, "people": 2, "private": 2, "removed": 2, "added": 2, "everyone.": 3, "the": 1, "12": 1, "": 0} {
		if got := English.syllables(w); got != want {
			t.Errorf("%q: %d, want %d", w, got, want)
		}
	}
	for w, want := range map[string]int{"app": 1, "cuenta": 2, "día": 2, "quién": 1, "propinas": 3, "también": 2, "comprobarlo": 4, "leer": 2, "guardar": 2, "ahora": 3, "hoy": 1} {
		if got := Spanish.syllables(w); got != want {
			t.Errorf("%q: %d, want %d", w, got, want)
		}
	}
}

func TestSentences(t *testing.T) {
	got := Sentences(`Coracle wants to post: "gm. you?" Copies may remain. See a.example.`)
	if want := []string{`Coracle wants to post:`, `"gm.`, `you?"`, `Copies may remain.`, `See a.example.`}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestHard(t *testing.T) {
	for s, want := range map[string]bool{
		"You follow 340 people now.": false,
		"The application requests authorization to publish cryptographically authenticated information immediately.": true,
		"Authorization failed.": false,
		"one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen": true,
		"": false,
	} {
		if g, got := English.Hard(s); got != want {
			t.Errorf("%q: %v (%.1f)", s, got, g)
		}
	}
	for s, want := range map[string]bool{
		"Coracle quiere cambiar a quién sigues: quitaría a 312 personas y añadiría a 1.":                             false,
		"La aplicación solicita autorización para publicar información criptográficamente autenticada próximamente.": true,
	} {
		if g, got := Spanish.Hard(s); got != want {
			t.Errorf("%q: %v (%.1f)", s, got, g)
		}
	}
}

func TestBanned(t *testing.T) {
	if English.Banned("It wants to sign an event.") == "" || English.Banned("It wants to sign in.") == "" || English.Banned("a kindly signal") != "" {
		t.Error("English")
	}
	if Spanish.Banned("Quiere firmar un evento.") == "" || Spanish.Banned("Quiere confirmar algo.") != "" {
		t.Error("Spanish")
	}
}
