// `npm run screenshots`: the pages that people see, photographed light and dark into docs/screenshots, of a fresh server with
// people of its own. Needs Chromium (test/support/browser.ts says where it is looked for).
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { launchBrowser, openPage } from '../test/support/browser.ts'
import { codeOf, furnish, goodPassword, type Scene } from './screenshots/scene.ts'
import { startServer } from './server-process.ts'

const folder = join(import.meta.dirname, '../docs/screenshots')

// What My sessions calls "Safari on iPhone" and "Chrome on Windows".
const userAgents = {
  phone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1',
  laptop: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36',
}

/** The page as it is, in both colour schemes. */
async function shoot(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const path = join(folder, `${name}-${colorScheme}.png`)
    await page.screenshot({ path, fullPage: true, animations: 'disabled', caret: 'hide' })
  }
  console.log(`${name}: light and dark`)
}

const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click()

async function enterName(page: Page, origin: string, name: string): Promise<void> {
  await page.goto(`${origin}/login`)
  await page.getByLabel('E-mail or user name').fill(name)
  await press(page, 'Continue')
}

async function signIn(page: Page, origin: string, { userName, code }: { userName: string; code: string }) {
  await enterName(page, origin, userName)
  await page.getByLabel('Password').fill(goodPassword)
  await press(page, 'Sign in')
  await page.getByLabel('Code').fill(code)
}

type Shot = (page: Page, origin: string, scene: Scene) => Promise<void>

/** Pages of somebody who is not signed in yet, each from the start. */
const strangers: Record<string, Shot> = {
  'sign-in': async (page, origin) => void (await page.goto(`${origin}/login`)),
  chooser: (page, origin, { domain }) => enterName(page, origin, `ann@${domain}`),
  password: (page, origin, { person }) => enterName(page, origin, person.userName),
  invitation: async (page, origin, { invitationPath }) => void (await page.goto(`${origin}${invitationPath}`)),
  // An answer that belongs to no sign-in of this browser.
  refusal: async (page, origin, { connectionId }) =>
    void (await page.goto(`${origin}/oidc/${connectionId}/callback?state=unknown&code=unknown`)),
}

/** One person's way in, and what they see of themselves then. */
async function journey(page: Page, origin: string, { person }: Scene): Promise<void> {
  await signIn(page, origin, { userName: person.userName, code: codeOf(person.totpSecret) })
  await page.getByLabel('Code').fill('')
  await shoot(page, 'second-factor')
  await page.getByLabel('Code').fill(codeOf(person.totpSecret))
  await press(page, 'Continue')
  await page.waitForURL(`${origin}/account`)
  await shoot(page, 'my-access')
  await page.goto(`${origin}/account/sessions`)
  await shoot(page, 'my-sessions')
  await page.goto(`${origin}/account/security`)
  await shoot(page, 'security')
}

const server = await startServer()
const chromium = await launchBrowser()
try {
  mkdirSync(folder, { recursive: true })
  const { origin } = server
  const scene = await furnish(server.env)
  for (const [name, go] of Object.entries(strangers)) {
    const page = await openPage(chromium)
    await go(page, origin, scene)
    await shoot(page, name)
    await page.context().close()
  }
  const [phone, laptop] = [await openPage(chromium, { width: 390 }), await openPage(chromium)]
  await phone.context().setExtraHTTPHeaders({ 'User-Agent': userAgents.phone })
  await laptop.context().setExtraHTTPHeaders({ 'User-Agent': userAgents.laptop })
  await signIn(phone, origin, { userName: scene.person.userName, code: scene.person.recoveryCode })
  await press(phone, 'Continue')
  await phone.waitForURL(`${origin}/account`)
  await journey(laptop, origin, scene)
} finally {
  await chromium.close()
  await server.stop()
}
