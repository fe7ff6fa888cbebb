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

/** One line of the log as people read it: the time of day, the level where it is none of every day, the message, the fields. */
export function lineForPeople(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>
  const isUsual = level === 'info' || level === 'debug'
  const said = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  const details = level === 'info' ? [] : said
  return `${[String(time).slice(11, 19), ...(isUsual ? [] : [String(level).toUpperCase()]), msg, ...details].join(' ')}\n`
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
