package words

import "maps"

// joined are several tables as one; no text stands in two.
func joined(tables ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, t := range tables {
		maps.Copy(out, t)
	}
	return out
}

// englishAway is about how a person is told when they are not looking.
var englishAway = map[string]string{
	"notice-one":          "A question is waiting for you.",
	"notice-many":         "{n} questions are waiting for you.",
	"notice-try":          "This is a test. This is how we tell you.",
	"notifications":       "Notifications",
	"away-what":           "When an app asks and you are not here, we can tell you. We only say that a question waits. We never say what it is.",
	"away-none":           "So far nobody is told. Nothing is sent until you choose a way.",
	"away-ways":           "The ways we use",
	"away-order":          "We begin with the first. After 30 seconds without your answer we try the next.",
	"away-browser":        "This browser",
	"away-browser-what":   "It shows a note, also when this page is closed. It ends when you log out here.",
	"away-browser-on":     "Tell me in this browser",
	"away-browser-is-on":  "This browser tells you.",
	"away-browser-off":    "Not in this browser any more",
	"away-browser-no":     "This browser cannot do it. On an iPhone, put this page on the home screen first.",
	"away-browser-denied": "You told this browser to show no notes. Allow them in its settings first.",
	"away-browser-failed": "The browser did not agree. Try again later.",
	"away-locked":         "Unlock your keys first.",
	"away-ntfy":           "An ntfy topic",
	"away-ntfy-what":      "For a phone with the ntfy app. Who knows the address can read it too. Choose a name that nobody guesses.",
	"away-address":        "Its address",
	"away-token":          "Its access token, if it has one",
	"away-message":        "A private message",
	"away-message-what":   "It goes to another account of yours, one that is not kept here.",
	"away-account":        "That account's address (npub1…)",
	"away-places":         "Where it reads messages (wss://…), if not where you are",
	"away-add":            "Add it",
	"away-try":            "Try it",
	"away-remove":         "Remove it",
	"away-told":           "last told",
	"away-not-told":       "not used yet",
	"way-browser":         "Browser",
	"way-ntfy":            "ntfy",
	"way-message":         "Private message",
	"way-command":         "Your own program",
}

var spanishAway = map[string]string{
	"notice-one":          "Una pregunta te espera.",
	"notice-many":         "{n} preguntas te esperan.",
	"notice-try":          "Es una prueba. Así te avisamos.",
	"notifications":       "Avisos",
	"away-what":           "Cuando una app pregunta y no estás aquí, te podemos avisar. Solo decimos que hay una pregunta. Nunca decimos cuál.",
	"away-none":           "Aún no se avisa a nadie. Nada se envía hasta que elijas cómo.",
	"away-ways":           "Cómo te avisamos",
	"away-order":          "Usamos primero lo de arriba. Si en 30 segundos no respondes, usamos lo que sigue.",
	"away-browser":        "Este navegador",
	"away-browser-what":   "Muestra una nota, también con esta página cerrada. Termina cuando cierras tu sesión aquí.",
	"away-browser-on":     "Avísame en este navegador",
	"away-browser-is-on":  "Este navegador te avisa.",
	"away-browser-off":    "Ya no en este navegador",
	"away-browser-no":     "Este navegador no puede. En un iPhone, pon antes esta página en la pantalla de inicio.",
	"away-browser-denied": "Pediste a este navegador no mostrar notas. Cambia eso antes en sus ajustes.",
	"away-browser-failed": "El navegador no quiso. Prueba más tarde.",
	"away-locked":         "Abre antes tus llaves.",
	"away-ntfy":           "Un tema de ntfy",
	"away-ntfy-what":      "Para un móvil con la app ntfy. Quien sabe la dirección también lo lee. Elige un nombre que nadie adivine.",
	"away-address":        "Su dirección",
	"away-token":          "Su ficha de acceso, si la pide",
	"away-message":        "Un mensaje privado",
	"away-message-what":   "Va a otra cuenta tuya, una que no está aquí.",
	"away-account":        "La dirección de esa cuenta (npub1…)",
	"away-places":         "Dónde lee sus mensajes (wss://…), si no es donde tú",
	"away-add":            "Añadir",
	"away-try":            "Probar",
	"away-remove":         "Quitar",
	"away-told":           "último aviso",
	"away-not-told":       "aún sin usar",
	"way-browser":         "Navegador",
	"way-ntfy":            "ntfy",
	"way-message":         "Mensaje privado",
	"way-command":         "Tu propio programa",
}
