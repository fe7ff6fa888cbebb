// Keycloak as a real identity provider: the distribution of Maven Central on this machine's Java, in its development mode on
// loopback, with a realm of two people, ada and bea, password "secret", both in
// the group Editors.
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { NotInstalled, unpackMaven } from '../foreign-packages.ts'
import { endOf, freePort, untilOk } from '../server-process.ts'

export const keycloakVersion = '26.7.3'
/** Its first start builds it, which takes a minute on a machine with nothing else to do. */
const startSeconds = 400
const administrator = { username: 'admin', password: 'for-tests-alone' }

export type Keycloak = {
  /** The address of the realm. */
  realm: string
  /** Asks the administration API, below the realm. @throws Error unless it answers with success */
  administer(method: 'GET' | 'POST', path: string, body?: object | string): Promise<unknown>
  stop(): Promise<void>
}

/** Installs and starts it. @throws NotInstalled */
export async function startKeycloak(): Promise<Keycloak> {
  if (spawnSync('java', ['-version']).status !== 0) {
    throw new NotInstalled('Keycloak needs Java 17 or later, which is not here. On Debian: apt-get install default-jre')
  }
  const folder = unpackMaven(`org.keycloak:keycloak-quarkus-dist:${keycloakVersion}:zip`)
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const program = join(folder, `keycloak-${keycloakVersion}`, 'bin/kc.sh')
  const options = ['start-dev', '--http-host', '127.0.0.1', '--http-port', String(port), '--hostname', origin]
  const server = spawn(program, options, {
    env: {
      ...process.env,
      KC_BOOTSTRAP_ADMIN_USERNAME: administrator.username,
      KC_BOOTSTRAP_ADMIN_PASSWORD: administrator.password,
    },
    stdio: 'ignore',
  })
  process.once('exit', () => server.kill())
  const stop = async (): Promise<void> => void (await endOf(server))
  try {
    await untilOk(`${origin}/realms/master`, server, startSeconds)
    const administer = (method: string, path: string, body?: object | string) => ask(origin, { method, path, body })
    await administer('POST', '', realm)
    return {
      ...{ realm: `${origin}/realms/acme`, stop },
      administer: (method, path, body) => administer(method, `/acme${path}`, body),
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const personOf = (username: string, lastName: string, email: string) => ({
  ...{ username, email, lastName, firstName: username, enabled: true, emailVerified: true },
  groups: ['/Everyone', '/Editors'],
  credentials: [{ type: 'password', value: 'secret', temporary: false }],
})

const realm = {
  ...{ realm: 'acme', enabled: true, sslRequired: 'none' },
  groups: [{ name: 'Everyone' }, { name: 'Editors' }],
  users: [
    personOf('ada', 'Brook', 'ada@keycloak.example.com'),
    personOf('bea', 'Cole', 'bea@keycloak-saml.example.com'),
  ],
}

type Request = { method: string; path: string; body: object | string | undefined }

async function ask(origin: string, { method, path, body }: Request): Promise<unknown> {
  const answer = await fetch(`${origin}/admin/realms${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await tokenOf(origin)}`,
      'content-type': typeof body === 'string' ? 'text/plain' : 'application/json',
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`Keycloak answered ${method} ${path} with ${answer.status}: ${text.slice(0, 300)}`)
  return text === '' ? undefined : JSON.parse(text)
}

async function tokenOf(origin: string): Promise<string> {
  const answer = await fetch(`${origin}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...administrator }),
  })
  const { access_token: token } = (await answer.json()) as { access_token?: string }
  if (token === undefined) throw new Error(`Keycloak gave no token (${answer.status})`)
  return token
}
