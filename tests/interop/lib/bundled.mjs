// Lets packages be imported that are made for bundlers and name files without
// their endings.
import { register } from 'node:module'

register('data:text/javascript,' + encodeURIComponent(`
export async function resolve(name, context, next) {
  try { return await next(name, context) } catch (error) {
    for (const ending of ['.js', '/index.js']) try { return await next(name + ending, context) } catch {}
    throw error
  }
}`))
