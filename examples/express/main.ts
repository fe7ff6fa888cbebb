// Starts the host application of host-app.ts on PORT.
import { port, settings } from '../settings.ts'
import { createExpressApp } from './host-app.ts'

createExpressApp(settings()).listen(port, '127.0.0.1')
process.stdout.write(`Newsroom listens on http://localhost:${port}\n`)
