// A person's way through pages of several products: redirects and forms that send themselves are followed, forms that want
// something are filled in by whoever walks.
import { type Browser, type Form, readForm } from '#sandbox/sign-in/browser.ts'

export type End = { url: string; status: number; text: string }

/** What to enter into the form of a page, or undefined where the way ends at it. */
export type FillIn = (page: End) => Record<string, string> | undefined

const mostSteps = 30

/** Goes on from an address, or from an answer, up to a page that nobody fills in. */
export async function walk(
  browser: Browser,
  from: string | { url: string; answer: Response },
  fillIn: FillIn = () => undefined,
): Promise<End> {
  let { url, answer } = typeof from === 'string' ? { url: from, answer: await get(browser, from) } : from
  for (let steps = 0; steps < mostSteps; steps += 1) {
    const next = nextOf(answer)
    if (next !== undefined) {
      await answer.body?.cancel()
      url = new URL(next, url).href
      answer = await get(browser, url)
      continue
    }
    const page = { url, status: answer.status, text: await answer.text() }
    const entered = isSendingItself(page.text) ? {} : fillIn(page)
    if (entered === undefined) return page
    const form = readForm(page.text, url)
    answer = await postForm(browser, url, { action: form.action, fields: { ...form.fields, ...entered } })
    url = form.action
  }
  throw new Error(`The way did not end; it came to ${url}`)
}

/** Sends a form as a browser does, with the headers that say which page it is from. */
export function postForm(browser: Browser, pageUrl: string, { action, fields }: Form): Promise<Response> {
  const { origin } = new URL(pageUrl)
  const site = new URL(action).origin === origin ? 'same-origin' : 'cross-site'
  return browser.request(action, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { origin, 'sec-fetch-site': site, accept: 'text/html' },
  })
}

/** Fills in the form with a password; `field` is what it calls the name. A form that comes again is not filled in again: the password was wrong. */
export function withPassword(username: string, password: string, field = 'username'): FillIn {
  let isEntered = false
  return ({ text }) => {
    if (isEntered || !/name="password"/.test(text)) return undefined
    isEntered = true
    return { [field]: username, password }
  }
}

/** Says yes where somebody asks whether to sign out, Rolecall itself included. */
export const confirmSignOut: FillIn = ({ text }) =>
  /name="logout"|action="[^"]*logout/.test(text) ? { logout: 'yes' } : undefined

const get = (browser: Browser, url: string): Promise<Response> =>
  browser.request(url, { headers: { accept: 'text/html' } })

const nextOf = (answer: Response): string | undefined =>
  answer.headers.get('location') ?? answer.headers.get('refresh')?.replace(/^0;\s*url=/i, '')

const isSendingItself = (text: string): boolean => /name="SAML(Response|Request)"/.test(text)
