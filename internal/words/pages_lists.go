package words

// englishLists is about apps and activity, searched and counted.
var englishLists = map[string]string{
	"tag-deaf":               "may not hear us",
	"week":                   "In the last seven days",
	"week-none":              "It did nothing.",
	"week-refused":           "It was told no: {n}.",
	"week-more":              "It did more. We count only the last part.",
	"times":                  "{n} ×",
	"search-activity":        "Find what happened",
	"day":                    "On this day",
	"all-activity":           "Of all apps",
	"export":                 "Save it as a file",
	"looked-so-far":          "We looked at the last part only.",
	"hint-refused":           "When you say no to this app, its page may hang. Load it again then.",
	"hint-reload":            "After a break it may hang. Load its page again then.",
	"hint-silent":            "It came once and asked for nothing. Does it not let you in? Then give it a new link, for older apps.",
	"health-what-good":       "Our last test came back. Apps reach you here.",
	"health-what-unmeasured": "We have not tried it yet.",
	"health-what-missing":    "Our last test did not come back. Apps here may have to wait.",
	"health-what-deaf":       "It takes what we send, and nothing comes back. We try it again, and use one more till then.",
}

var spanishLists = map[string]string{
	"tag-deaf":               "quizá no nos oye",
	"week":                   "En los últimos siete días",
	"week-none":              "No hizo nada.",
	"week-refused":           "Se le dijo que no: {n}.",
	"week-more":              "Hizo más. Solo contamos la última parte.",
	"times":                  "{n} ×",
	"search-activity":        "Buscar qué pasó",
	"day":                    "En este día",
	"all-activity":           "De todas las apps",
	"export":                 "Guardar como archivo",
	"looked-so-far":          "Solo miramos la última parte.",
	"hint-refused":           "Si dices que no a esta app, su página se puede parar. Ábrela otra vez.",
	"hint-reload":            "Tras un corte se puede parar. Abre su página otra vez.",
	"hint-silent":            "Vino una vez y no pidió nada. Si allí no has entrado, dale un enlace nuevo para apps viejas.",
	"health-what-good":       "Nuestra última prueba volvió. Las apps llegan a ti por aquí.",
	"health-what-unmeasured": "Aún no lo hemos probado.",
	"health-what-missing":    "Nuestra última prueba no volvió. Las apps de aquí quizá esperen.",
	"health-what-deaf":       "Toma lo que le damos y nada vuelve. Lo probamos otra vez y usamos otro entre tanto.",
}
