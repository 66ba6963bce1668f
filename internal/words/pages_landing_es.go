package words

// spanishLanding are the texts of the page where an app sends its person.
var spanishLanding = map[string]string{
	"login-first":    "Una app te envió aquí. Entra primero, y luego ves qué quiere.",
	"checked-from":   "Comprobamos que viene de {host}.",
	"check-code":     "Si la app muestra un número, tiene que ser este:",
	"check-other":    "¿Otro número? Para: otra persona te pudo enviar aquí.",
	"as-name":        "La conectas como {name}.",
	"may-choose":     "Verlo todo, o elegir otra cosa",
	"short-ask":      "Ve quién eres. Lo demás te lo tiene que pedir.",
	"short-sign-in":  "Ve quién eres y te deja entrar.",
	"short-social":   "Ve quién eres y te deja entrar. Publica y reacciona por ti.",
	"short-messages": "Ve quién eres y te deja entrar. Publica por ti, y lee y escribe tus chats.",
	"short-trusted":  "Ve quién eres. Hace casi todo por ti, pero nada serio.",
	"never-do":       "Lo que nunca puede hacer",
	"never-key":      "Ver tu clave. Se queda aquí.",
	"never-pay":      "Pagar con tu cartera sin preguntarte.",
	"never-more":     "Darse más permisos.",
	"back-elsewhere": "Cuidado: te quiere llevar a {host}, y ese es otro sitio.",
	"back-refused":   "También quiere abrir algo que no es una página segura. Eso no lo hacemos.",
	"deaf-app":       "Espera en su propio equipo, así que quizá no oiga tu sí desde aquí.",
	"no-one-yet":     "Aquí no hay nadie todavía con quien entrar.",
	"unreached":      "Aún no llegamos a la app",
	"unreached-why":  "Dijiste que sí, pero la app no lo ha oído. Seguimos dos minutos.",
	"unreached-then": "¿Sigue esperando? Pide allí un enlace nuevo.",
	"try-again":      "Probar otra vez",
}
