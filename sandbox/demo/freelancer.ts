// A freelancer works for two customers of the same product: an account in each, with a password of its own, one application, and one
// browser that goes from one to the other.
import { textAt } from '../json.ts'
import { type Browser, createBrowser } from '../sign-in/browser.ts'
import type { RolecallCommand } from './command-line.ts'
import { followRedirects, type SignInScene, wordsOf } from './sign-in.ts'

const name = 'Freya Lind'
const userName = 'freya.lind@example.com'

export const secondName = 'Contoso Press'

type Employer = { slug: string; password: string }

/** The second customer, and the freelancer's accounts in both. */
export async function hireFreelancer(
  rolecall: RolecallCommand,
  first: { organization: string; brand: string },
): Promise<readonly [Employer, Employer]> {
  const { organization, brand } = first
  const made = await rolecall('organization', 'create', '--slug', `${organization}-contoso`, '--name', secondName)
  const employers = [
    { slug: organization, password: 'a freelancer at northwind' },
    { slug: textAt(made, 'slug'), password: 'a freelancer at contoso' },
  ] as const
  for (const [index, { slug, password }] of employers.entries()) {
    const scope = index === 0 ? ['--brand', brand] : []
    await rolecall(
      ...['user', 'create', '--organization', slug, '--user-name', userName, '--name', name],
      ...['--role', 'editor', ...scope, '--password', password, '--keep'],
    )
  }
  return employers
}

/** Signs in for one after the other and goes back to the first, for which nobody is asked again. @returns what the application says */
export async function workForBoth(
  scene: SignInScene,
  origin: string,
  employers: readonly [Employer, Employer],
): Promise<readonly [string, string, string]> {
  const browser = createBrowser()
  const [first, second] = employers
  return [
    await comeIn(browser, { scene, origin, employer: first }),
    await comeIn(browser, { scene, origin, employer: second }),
    await open(browser, scene, first),
  ]
}

type Arrival = { scene: SignInScene; origin: string; employer: Employer }

async function comeIn(browser: Browser, { scene, origin, employer }: Arrival): Promise<string> {
  const form = { email: userName, password: employer.password, organization: employer.slug, return_to: '/account' }
  const answer = await browser.request(`${origin}/login/password`, {
    method: 'POST',
    headers: { origin, accept: 'text/html' },
    body: new URLSearchParams(form),
  })
  if (answer.status !== 303) throw new Error(`${name} was answered with ${answer.status} at ${employer.slug}`)
  return open(browser, scene, employer)
}

/** The application, asked for one of its customers. */
async function open(browser: Browser, scene: SignInScene, { slug }: Employer): Promise<string> {
  await followRedirects(browser, `${scene.applicationUrl}/sign-in?organization=${slug}`)
  const page = wordsOf(await (await browser.request(scene.applicationUrl)).text())
  if (!page.includes(name)) throw new Error(`The application does not know ${name} at ${slug}: ${page}`)
  return page
}
