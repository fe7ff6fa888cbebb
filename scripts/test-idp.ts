// `npm run test:idp`: sign-in and single logout with a real identity provider that is none of ours, SimpleSAMLphp. It is
// installed where it is missing and that is possible; otherwise this says what to do
// and ends with exit code 3.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Browser, createBrowser, readForm } from '#sandbox/sign-in/browser.ts'
import { NotInstalled, requireSimpleSaml, type SimpleSaml, startSimpleSaml } from './idp/simplesamlphp.ts'
import { type ServerProcess, startServer } from './server-process.ts'

const run = promisify(execFile)
const program = new URL('../src/main.ts', import.meta.url).pathname

type Connection = Record<'connectionId' | 'startUrl' | 'entityId' | 'acsUrl' | 'metadataUrl' | 'sloUrl', string>

type Scene = {
  idp: SimpleSaml
  server: ServerProcess
  connection: Connection
  rolecall(...args: string[]): Promise<string>
}

const checks: [string, (scene: Scene) => Promise<void>][] = [
  [
    'a signed response signs the person in',
    async (scene) => {
      trust(scene, {})
      const browser = createBrowser()
      await signIn(scene, browser)
      await expectSignedIn(scene, browser)
    },
  ],
  [
    'the assertion alone signed',
    async (scene) => {
      trust(scene, { 'saml20.sign.response': false })
      const browser = createBrowser()
      await signIn(scene, browser)
      await expectSignedIn(scene, browser)
    },
  ],
  [
    'the response alone signed',
    async (scene) => {
      trust(scene, { 'saml20.sign.assertion': false })
      const browser = createBrowser()
      await signIn(scene, browser)
      await expectSignedIn(scene, browser)
    },
  ],
  [
    'an assertion encrypted by AES-CBC is refused',
    async (scene) => {
      trust(scene, { 'assertion.encryption': true })
      const browser = createBrowser()
      const status = await signIn(scene, browser)
      expect(status === 403, `The ACS answered ${status}`)
      expect(!(await isSignedIn(scene, browser)), 'The person is signed in')
    },
  ],
  [
    'a wrong password leads nowhere',
    async (scene) => {
      trust(scene, {})
      const browser = createBrowser()
      const status = await signIn(scene, browser, 'wrong')
      expect(status === undefined, 'The identity provider answered with a response')
      expect(!(await isSignedIn(scene, browser)), 'The person is signed in')
    },
  ],
  [
    'a sign-in that the provider begins',
    async (scene) => {
      trust(scene, {})
      const browser = createBrowser()
      const { idp, connection } = scene
      await signIn(
        scene,
        browser,
        'secret',
        `${idp.origin}/saml2/idp/SSOService.php?spentityid=${encodeURIComponent(connection.entityId)}`,
      )
      await expectSignedIn(scene, browser)
    },
  ],
  [
    'signing out here signs out there',
    async (scene) => {
      trust(scene, {})
      const browser = createBrowser()
      await signIn(scene, browser)
      const { origin } = scene.server
      const answer = await browser.request(`${origin}/account/sign-out`, {
        method: 'POST',
        body: new URLSearchParams({}),
        headers: { origin, 'sec-fetch-site': 'same-origin' },
      })
      const toProvider = answer.headers.get('refresh')?.replace(/^0;url=/, '') ?? ''
      expect(
        toProvider.startsWith(`${scene.idp.origin}/saml2/idp/SingleLogoutService.php?SAMLRequest=`),
        `Led to ${toProvider}`,
      )
      const end = await walk(browser, toProvider)
      expect(
        end.url.startsWith(scene.connection.sloUrl) && end.status === 200,
        `The way ended at ${end.url} (${end.status})`,
      )
      expect(!(await isSignedIn(scene, browser)), 'The person is still signed in here')
      // There too: the next sign-in asks for the password again.
      const again = await walk(browser, scene.connection.startUrl)
      expect(again.text.includes('name="password"'), 'The identity provider still knows the person')
    },
  ],
  [
    'signing out there signs out here',
    async (scene) => {
      trust(scene, {})
      const browser = createBrowser()
      await signIn(scene, browser)
      const { idp } = scene
      await walk(
        browser,
        `${idp.origin}/saml2/idp/SingleLogoutService.php?ReturnTo=${encodeURIComponent(`${idp.origin}/`)}`,
      )
      expect(!(await isSignedIn(scene, browser)), 'The person is still signed in here')
    },
  ],
]

function expect(isTrue: boolean, message: string): asserts isTrue {
  if (!isTrue) throw new Error(message)
}

function trust({ idp, connection, server: _ }: Scene, settings: Record<string, string | boolean>): void {
  idp.trust(connection.entityId, {
    AssertionConsumerService: connection.acsUrl,
    SingleLogoutService: connection.sloUrl,
    certData: certificate,
    NameIDFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    'validate.authnrequest': true,
    'saml20.sign.response': true,
    'saml20.sign.assertion': true,
    ...settings,
  })
}

let certificate = ''

type End = { url: string; status: number; text: string }

/** Goes where links, redirects and self-submitting forms lead, up to a page that wants something. */
async function walk(browser: Browser, from: string): Promise<End> {
  let url = from
  let answer = await browser.request(url, { headers: { accept: 'text/html' } })
  for (let hops = 0; hops < 20; hops += 1) {
    const location = answer.headers.get('location')
    const text = location === null ? await answer.text() : ''
    if (location !== null) {
      url = new URL(location, url).href
      answer = await browser.request(url, { headers: { accept: 'text/html' } })
      continue
    }
    const isMessage = /name="SAML(Response|Request)"/.test(text)
    if (!isMessage) return { url, status: answer.status, text }
    const form = readForm(text, url)
    url = form.action
    answer = await browser.submit(url, form.fields)
  }
  throw new Error(`Redirected in circles from ${from}`)
}

/** @returns the status of the last answer of ours, or undefined where the provider kept the person */
async function signIn(
  scene: Scene,
  browser: Browser,
  password = 'secret',
  from = scene.connection.startUrl,
): Promise<number | undefined> {
  const page = await walk(browser, from)
  if (!page.text.includes('name="password"')) return ours(scene, page)
  const form = readForm(page.text, page.url)
  const answer = await browser.submit(form.action, { ...form.fields, username: 'ada', password })
  const location = answer.headers.get('location')
  if (location !== null) return ours(scene, await walk(browser, new URL(location, form.action).href))
  const text = await answer.text()
  if (!text.includes('name="SAMLResponse"')) return undefined
  const response = readForm(text, form.action)
  const posted = await browser.submit(response.action, response.fields)
  const next = posted.headers.get('location')
  return next === null ? posted.status : ours(scene, await walk(browser, new URL(next, response.action).href))
}

const ours = ({ server }: Scene, { url, status }: End): number | undefined =>
  url.startsWith(server.origin) ? status : undefined

async function isSignedIn({ server }: Scene, browser: Browser): Promise<boolean> {
  return (await browser.request(`${server.origin}/session`)).status === 200
}

async function expectSignedIn({ server }: Scene, browser: Browser): Promise<void> {
  const answer = await browser.request(`${server.origin}/session`)
  expect(answer.status === 200, `GET /session answered ${answer.status}`)
  const { user } = (await answer.json()) as { user: { userName: string } }
  expect(user.userName === 'ada@simplesaml.example.com', `${user.userName} is signed in`)
}

/** What Rolecall made of the last response. */
async function lastAttempt({ origin }: ServerProcess, apiKey: string): Promise<string> {
  const headers = { authorization: `Bearer ${apiKey}` }
  const answer = await fetch(`${origin}/api/v1/sign-in-attempts?limit=1`, { headers })
  const { items } = (await answer.json()) as {
    items: { outcome: string; reason: string | null; trace: { steps: unknown } }[]
  }
  return items
    .map(({ outcome, reason, trace }) => `        ${outcome} ${reason ?? ''} ${JSON.stringify(trace.steps)}`)
    .join('\n')
}

async function main(): Promise<number> {
  requireSimpleSaml()
  const idp = await startSimpleSaml()
  const server = await startServer({ ALLOW_LOOPBACK: 'true', NO_COLOR: '1' })
  let failed = 0
  try {
    const rolecall = async (...args: string[]) =>
      (await run(process.execPath, [program, ...args], server)).stdout.trim()
    await rolecall('organization', 'create', '--slug', 'real', '--name', 'Real')
    await rolecall('domain', 'add', 'simplesaml.example.com', '--organization', 'real', '--verified')
    const connection = JSON.parse(
      await rolecall(
        ...['connection', 'create', '--organization', 'real', '--type', 'saml', '--idp-metadata', idp.metadataUrl],
        ...['--jit', 'on', '--idp-initiated', '--force', '--json'],
      ),
    ) as Connection
    const metadata = await (await fetch(connection.metadataUrl)).text()
    certificate = /<ds:X509Certificate>([^<]+)</.exec(metadata)?.[1] ?? ''
    const { key: apiKey } = JSON.parse(await rolecall('api-key', 'create', '--organization', 'real', '--json')) as {
      key: string
    }
    for (const [title, check] of checks) {
      try {
        await check({ idp, server, connection, rolecall })
        console.log(`  ok    ${title}`)
      } catch (error) {
        failed += 1
        console.log(`  FAIL  ${title}: ${error instanceof Error ? error.message : error}`)
        console.log(await lastAttempt(server, apiKey))
      }
    }
  } finally {
    await server.stop()
    await idp.stop()
  }
  console.log(`SimpleSAMLphp: ${checks.length - failed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

process.exit(
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    return error instanceof NotInstalled ? 3 : 1
  }),
)
