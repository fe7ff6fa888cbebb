// What the examples are told by their environment.

// biome-ignore lint/style/noProcessEnv: an example has no configuration of its own
const environment = process.env

export const port = Number(environment['PORT'] ?? 3000)

export const setting = (name: string): string => {
  const value = environment[name]
  if (value !== undefined && value !== '') return value
  throw new Error(`Set ${name}`)
}

/** Of an application with a server. */
export const settings = () => ({
  issuer: setting('ISSUER'),
  clientId: setting('CLIENT_ID'),
  clientSecret: setting('CLIENT_SECRET'),
  apiKey: setting('API_KEY'),
  // A product keeps one, so that sessions outlive the process.
  cookieSecret: environment['COOKIE_SECRET'] ?? crypto.randomUUID(),
  origin: `http://localhost:${port}`,
})
