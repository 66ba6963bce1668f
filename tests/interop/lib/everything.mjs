// All that can be run: the scenarios, for every client, and the scenes, for one.
import { scenarios } from './scenarios.mjs'
import { scenes } from './scenes.mjs'

export const everything = [...scenes, ...scenarios]
