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
    options.destination ?? (options.isServer === true ? bufferedStderr() : pino.destination({ dest: 2, sync: true })),
  )
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
