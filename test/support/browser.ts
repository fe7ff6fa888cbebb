// A real Chromium for tests of pages, with axe for accessibility and a virtual authenticator for passkeys.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { chromiumPath } from './chromium.ts'

/** Close it in `afterAll`. @throws Error where there is no Chromium */
export async function launchBrowser(): Promise<Browser> {
  // Chromium's own sandbox does not work as root, which is what containers run tests as.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({
    executablePath: chromiumPath(),
    args: [...asRoot, '--disable-dev-shm-usage', '--disable-gpu'],
  })
}

export type View = {
  colorScheme?: 'light' | 'dark'
  width?: number
  height?: number
  /** False: as for a reader who has switched scripts off. */
  scripts?: boolean
  reducedMotion?: 'reduce' | 'no-preference'
}

/** A page in a context of its own: no cookie is shared with another. */
export async function openPage(browser: Browser, view: View = {}): Promise<Page> {
  const { colorScheme = 'light', width = 1280, height = 800, scripts = true, reducedMotion = 'no-preference' } = view
  const context = await browser.newContext({
    colorScheme,
    reducedMotion,
    javaScriptEnabled: scripts,
    viewport: { width, height },
  })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  return page
}

const require = createRequire(import.meta.url)
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

type AxeResult = { violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[] }

/**
 * What axe finds wrong by WCAG 2.2 AA and its best practices, a line each; empty where all is well. It is evaluated from
 * outside of the page, so the page keeps its content security policy.
 */
export async function axeViolations(page: Page): Promise<string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axeSource)
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  const { violations } = await page.evaluate<AxeResult>(
    `axe.run(document, { runOnly: { type: 'tag', values: ${JSON.stringify(tags)} }, resultTypes: ['violations'] })`,
  )
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${help}: ${html} ${failureSummary.replaceAll('\n', ' ')}`),
  )
}

/** True where the page is wider than its window, so that one has to scroll sideways to read (WCAG 1.4.10). */
export const overflowsSideways = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')

const sights = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 320 },
] as const satisfies View[]

/** What is wrong with the page as it stands, in light on a desk and in dark on a phone; empty where all is well. */
export async function pageFaults(page: Page): Promise<string[]> {
  const faults: string[] = []
  for (const { colorScheme, width } of sights) {
    // What moves is in two colours at once.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: 800 })
    const found = await axeViolations(page)
    if (await overflowsSideways(page)) found.push('it has to be scrolled sideways')
    faults.push(...found.map((fault) => `${colorScheme}, ${width} px: ${fault}`))
  }
  return faults
}

/** What the page's policy stopped and what went wrong in its scripts, from now on. */
export function collectPageErrors(page: Page): string[] {
  const errors: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(error.message))
  return errors
}

/** Gives every page of the context an authenticator of its device that says yes to everything; passkeys stay in it. */
export async function addVirtualAuthenticator(
  page: Page,
): Promise<{ credentialIds(): Promise<string[]>; setUserVerified(isVerified: boolean): Promise<void> }> {
  const context: BrowserContext = page.context()
  const session = await context.newCDPSession(page)
  await session.send('WebAuthn.enable')
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    credentialIds: async () => {
      const { credentials } = await session.send('WebAuthn.getCredentials', { authenticatorId })
      return credentials.map(({ credentialId }) => credentialId)
    },
    setUserVerified: async (isUserVerified) => {
      await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })
    },
  }
}
