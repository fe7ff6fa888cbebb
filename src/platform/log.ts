// Structured logs: one JSON object a line; a message that reads alone, ids as fields, no secrets, bodies or e-mails.
import pino, { type Logger } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'> & { child(fields: object): Log }

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent'

const redactedPaths = [
  'authorization',
  'token',
  'password',
  'cookie',
  'key',
  'databaseUrl',
  '*.authorization',
  '*.token',
  '*.password',
  '*.cookie',
  '*.key',
  '*.databaseUrl',
]

/**
 * The process log, written to standard error so that commands can print their result on standard output.
 * A server writes without waiting for each line; what is left is written when the process exits.
 */
export function createLog(
  level: LogLevel,
  options: { isServer?: boolean; destination?: pino.DestinationStream } = {},
): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: redactedPaths, censor: '[redacted]' },
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: serializeError },
    },
    options.destination ?? destinationOf(options.isServer === true),
  )
}

/** On a terminal it is people who read; everywhere else, whatever collects logs. */
function destinationOf(isServer: boolean): pino.DestinationStream {
  if (process.stderr.isTTY) return { write: (line) => process.stderr.write(lineForPeople(line)) }
  return isServer ? bufferedStderr() : pino.destination({ dest: 2, sync: true })
}

/**
 * One line of the log as people read it: the time of day, the level where it is none of every day, and the message, of a request
 * with what was asked for; the fields where something is the matter.
 */
export function lineForPeople(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>
  const isUsual = level === 'info' || level === 'debug'
  const said = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  const details = level === 'info' ? [] : said
  const message = level === 'info' ? (requestWords(fields) ?? msg) : msg
  return `${[String(time).slice(11, 19), ...(isUsual ? [] : [String(level).toUpperCase()]), message, ...details].join(' ')}\n`
}

/** `GET /console answered 200 in 12 ms`; undefined for lines about anything else than a request. */
function requestWords({ method, path, status, durationMillis }: Record<string, unknown>): string | undefined {
  if (typeof method !== 'string' || typeof path !== 'string' || typeof status !== 'number') return undefined
  // A path is what anybody sends: what would move the cursor or end the line is left out.
  const shown = path.replace(/[^\x20-\x7e\u00a0-\uffff]/g, '').slice(0, 200)
  const took = typeof durationMillis === 'number' ? ` in ${Math.round(durationMillis)} ms` : ''
  return `${method} ${shown} answered ${status}${took}`
}

const flushIntervalMillis = 200

// Many lines a write; at the latest after a moment, and what is left when the process exits.
function bufferedStderr(): pino.DestinationStream {
  const destination = pino.destination({ dest: 2, sync: false, minLength: 8_192 })
  setInterval(() => destination.flush(), flushIntervalMillis).unref()
  process.on('exit', () => destination.flushSync())
  return destination
}

type SerializedError = { type: string; message: string; code?: unknown; stack?: string; cause?: SerializedError }

// Database errors carry the statement's parameters (`parameters`, `detail`): only named fields are taken over.
function serializeError(error: unknown): SerializedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an Error' }
  return {
    type: error.name,
    message: error.message,
    ...('code' in error ? { code: error.code } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(error.cause === undefined ? {} : { cause: serializeError(error.cause) }),
  }
}
