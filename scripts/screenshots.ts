// `npm run screenshots`: the pages that people see, photographed light and dark into docs/screenshots, of a fresh server with
// people of its own. Needs Chromium (test/support/browser.ts says where it is looked for).
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser, openPage, type View } from '../test/support/browser.ts'
import { furnishConsole } from './screenshots/console.ts'
import { codeOf, furnish, goodPassword, type Scene } from './screenshots/scene.ts'
import { startServer } from './server-process.ts'

const folder = join(import.meta.dirname, '../docs/screenshots')

// What My sessions calls "Safari on iPhone" and "Chrome on Windows".
const userAgents = {
  phone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1',
  laptop: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36',
}

/** Of longer pages, their beginning is shown. */
const longest = 1_600

/** The page as it is, in both colour schemes. */
async function shoot(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const path = join(folder, `${name}-${colorScheme}.png`)
    const height = await page.evaluate<number>('document.documentElement.scrollHeight')
    await page.screenshot({ path, fullPage: height <= longest, animations: 'disabled', caret: 'hide' })
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

/** The pages of the console, with everybody of the demo in them; users, the most used one, on a phone as well. */
async function consolePages(chromium: Browser): Promise<void> {
  const server = await startServer({ ALLOW_LOOPBACK: 'true' })
  const { origin } = server
  const scene = await furnishConsole(server.env, origin)
  try {
    const enter = async (view: View): Promise<Page> => {
      const page = await openPage(chromium, view)
      await page.goto(`${scene.signIn.startUrl}?return_to=/console`)
      await page.getByRole('button', { name: scene.administrator.displayName }).click()
      await page.waitForURL(`${origin}/console`)
      return page
    }
    const page = await enter({ height: 900 })
    for (const [name, path] of Object.entries(scene.paths)) {
      await page.goto(`${origin}${path}`)
      await shoot(page, name === 'console' ? name : `console-${name}`)
    }
    await page.goto(`${origin}/console/mappings/suggestions`)
    await press(page, 'See who gains what')
    await shoot(page, 'console-preview')
    const phone = await enter({ width: 390, height: 844 })
    await phone.goto(`${origin}/console/users`)
    await shoot(phone, 'console-phone')
  } finally {
    await scene.signIn.stop()
    await server.stop()
  }
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
  await server.stop()
}
try {
  await consolePages(chromium)
} finally {
  await chromium.close()
}
