// The deployment around the process: whether the public address leads here, by which name, certificate and clock, whether mail would
// leave, and whether the configuration fits together. Asked for by `rolecall doctor`.
import { lookup } from 'node:dns/promises'
import { connect } from 'node:tls'
import { fault, hint, type InstallationFinding } from '#access/upkeep/diagnose-installation.ts'
import { tryMailTransport } from '#platform/smtp.ts'
import type { Config } from './config.ts'

const timeoutMillis = 5_000
const certificateDays = 14
const clockSeconds = 5

const messageOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}

/** @returns what is wrong around the process, the worst first */
export async function diagnoseDeployment(config: Config): Promise<InstallationFinding[]> {
  const found = [...ofConfiguration(config), ...(await ofAddress(config)), ...(await ofMail(config))]
  return found.toSorted((one, other) => Number(one.severity === 'advice') - Number(other.severity === 'advice'))
}

function ofConfiguration({
  publicUrl: given,
  trustedProxies,
  databaseUrl,
  databaseOwnerUrl,
  encryptionKeys,
  smtpUrl,
  isDatabasePooled,
}: Config): InstallationFinding[] {
  const publicUrl = given === undefined ? undefined : withoutLogin(given)
  const isSecure = publicUrl?.startsWith('https://') === true
  return [
    ...(publicUrl === undefined
      ? [
          fault(
            'public_url',
            'PUBLIC_URL is not set',
            'Set it to the address that providers and browsers use, such as https://id.example.com; for a trial http://localhost:8080',
          ),
        ]
      : []),
    ...(publicUrl !== undefined && !isSecure && !isLocal(publicUrl)
      ? [
          fault(
            'public_url',
            `PUBLIC_URL is ${publicUrl}, without encryption`,
            'Put a proxy with TLS in front, and set the https address',
          ),
        ]
      : []),
    ...(isSecure && trustedProxies === 0
      ? [
          hint(
            'proxy',
            'TLS ends before Rolecall, and TRUSTED_PROXIES is 0',
            'Set it to the number of proxies in front: otherwise everybody is limited, and noted, as one address',
          ),
        ]
      : []),
    ...(databaseUrl !== undefined && databaseOwnerUrl === undefined
      ? [
          hint(
            'database_login',
            'DATABASE_OWNER_URL is not set',
            'Give the server a login that owns nothing, and migrations the owner’s; ignore this if you migrate by yourself',
          ),
        ]
      : []),
    ...(isDatabasePooled && databaseOwnerUrl === undefined
      ? [
          hint(
            'pooler',
            'Migrations go through the pooler',
            'Set DATABASE_OWNER_URL past it, or run `rolecall migrate` with it',
          ),
        ]
      : []),
    ...(databaseUrl !== undefined && encryptionKeys.length === 0
      ? [
          hint(
            'keys',
            'ENCRYPTION_KEYS is not set: the key lies in DATA_DIR of this machine alone',
            'Set it on every node, beginning with the line of encryption.key',
          ),
        ]
      : []),
    ...(smtpUrl === undefined
      ? [
          hint(
            'mail',
            'SMTP_URL is not set: mail stays in the outbox, unless an organization has a server of its own',
            'Set it, such as smtps://user:password@mail.example.com',
          ),
        ]
      : []),
  ]
}

/** What is printed has no password in it. */
const withoutLogin = (url: string): string => new URL(url).origin

const isLocal = (url: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname)

async function ofAddress({ publicUrl: given }: Config): Promise<InstallationFinding[]> {
  if (given === undefined) return []
  const publicUrl = withoutLogin(given)
  const { hostname, protocol, port } = new URL(publicUrl)
  try {
    await lookup(hostname)
  } catch (error) {
    return [fault('dns', `${hostname} is not known: ${messageOf(error)}`, 'Add it to your DNS, or correct PUBLIC_URL')]
  }
  return [
    ...(await ofAnswer(publicUrl)),
    ...(protocol === 'https:' ? await ofCertificate(hostname, Number(port === '' ? 443 : port)) : []),
  ]
}

/** Whether a Rolecall that is ready answers at the public address, and by the same clock. */
async function ofAnswer(publicUrl: string): Promise<InstallationFinding[]> {
  const start = Date.now()
  const answer = await fetch(`${publicUrl}/readyz`, {
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMillis),
  }).catch((error: unknown) => messageOf(error))
  if (typeof answer === 'string')
    return [
      fault(
        'public_url',
        `${publicUrl} does not answer: ${answer}`,
        'See that the proxy runs, leads to this server, and lets this machine in',
      ),
    ]
  const body = await answer.text()
  if (answer.status === 503)
    return [fault('readiness', `The server at ${publicUrl} is not ready: ${body.slice(0, 300)}`, 'See its log')]
  if (answer.status !== 200 || !body.includes('"status":"ready"'))
    return [
      fault(
        'public_url',
        `At ${publicUrl} something else answers (${answer.status})`,
        'Correct PUBLIC_URL, or where the proxy sends it; it has to pass the Host header on as it is',
      ),
    ]
  const date = Date.parse(answer.headers.get('date') ?? '')
  const apart = Number.isNaN(date) ? 0 : Math.abs(date - (start + Date.now()) / 2) / 1000
  return apart <= clockSeconds
    ? []
    : [fault('clock', `The clock behind ${publicUrl} is ${Math.round(apart)} s apart from this one`, 'Set both by NTP')]
}

function ofCertificate(host: string, port: number): Promise<InstallationFinding[]> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, servername: host, timeout: timeoutMillis }, () => {
      const end = new Date(socket.getPeerCertificate().valid_to)
      socket.destroy()
      const days = Math.floor((end.getTime() - Date.now()) / 86_400_000)
      const text = `The certificate of ${host} ends in ${days} days`
      resolve(
        days > certificateDays
          ? []
          : [fault('certificate', text, 'Renew it, and see why that does not happen by itself')],
      )
    })
    const failed = (error: unknown): void => {
      socket.destroy()
      resolve([
        fault(
          'certificate',
          `TLS with ${host} fails: ${messageOf(error)}`,
          'Providers will refuse it, too: install the certificate with its chain',
        ),
      ])
    }
    socket.once('error', failed)
    socket.once('timeout', () => failed(new Error('it did not answer in time')))
  })
}

async function ofMail({ smtpUrl }: Config): Promise<InstallationFinding[]> {
  if (smtpUrl === undefined) return []
  try {
    await tryMailTransport(smtpUrl)
    return []
  } catch (error) {
    return [
      fault(
        'mail',
        `The mail server of SMTP_URL refuses: ${messageOf(error)}`,
        'Correct SMTP_URL; what is queued is sent once it takes mail',
      ),
    ]
  }
}
