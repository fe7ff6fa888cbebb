// The end of the demo: where everything can be reached while the server keeps running, and what to try next.
import type { Person } from '../population.ts'
import { quoted } from './command-line.ts'
import type { Output } from './output.ts'
import type { Feed } from './provisioning.ts'
import type { Brand } from './set-up.ts'
import type { SignInScene } from './sign-in.ts'

export type Farewell = {
  output: Output
  origin: string
  organization: string
  apiKey: string
  feeds: readonly Feed[]
  mover: { person: Person; userId: string }
  brand: Brand
  /** Variables that a command needs in front of it to find this server, such as `DATA_DIR=…`. */
  setting: string
  example: { signIn: SignInScene; person: Person }
}

/** Prints addresses and example commands. Tokens are shown: they belong to made-up people on this machine. */
export function sayFarewell(farewell: Farewell): void {
  const { output, origin } = farewell
  output.heading('The server keeps running')
  output.table(
    ['What', 'Address'],
    [
      ['Console', `${origin}/console`],
      ['Sign in', farewell.example.signIn.isRouted ? `${origin}/login` : farewell.example.signIn.startUrl],
      ['My access and sessions', `${origin}/account`],
      ['Example application', farewell.example.signIn.applicationUrl],
      ['Health', `${origin}/readyz`],
      ...farewell.feeds.map(({ provider, directory }) => [`SCIM base URL, ${provider.name}`, directory.baseUrl]),
      ['Management API', `${origin}/api/v1`],
      ['OpenAPI document', `${origin}/api/v1/openapi.json`],
    ],
  )
  output.heading('Open the console')
  const { person, signIn } = farewell.example
  const way = signIn.isRouted ? `${origin}/console` : `${signIn.startUrl}?return_to=/console`
  const typed = `enter ${person.userName} (an administrator), choose “Continue with Okta”,`
  output.line(`  Open ${way} in a browser, ${signIn.isRouted ? typed : `choose ${person.userName} (an administrator)`}`)
  output.line(`  ${signIn.isRouted ? 'and that person ' : ''}on the page of the emulated Okta.`)
  output.line('  No password is asked. Everybody of the story is in there.')
  output.line('  The example application takes the same people.')
  output.heading('Try next')
  for (const example of examples(farewell)) output.line(`  ${example}\n`)
  output.line('  Press Ctrl-C to stop the server.')
}

function examples({ origin, organization, apiKey, feeds, mover, brand, setting }: Farewell): string[] {
  const [feed] = feeds
  const command = `${setting}npm run --silent rolecall --`
  const user = quoted(mover.person.userName)
  const evaluation = {
    subject: { type: 'user', id: mover.userId },
    action: { name: 'content.publish' },
    resource: { type: 'brand', id: brand.id },
  }
  const bearer = (token: string) => `-H ${quoted(`Authorization: Bearer ${token}`)}`
  const scim = feed && `curl -s ${bearer(feed.directory.token)} ${quoted(`${feed.directory.baseUrl}/Users?count=2`)}`
  return [
    `${command} access show --organization ${organization} --user ${user}`,
    `${command} access check --organization ${organization} --user ${user} --permission content.publish --brand ${brand.slug}`,
    ...(scim === undefined ? [] : [scim]),
    `curl -s ${bearer(apiKey)} -H 'Content-Type: application/json' \\\n    -d ${quoted(JSON.stringify(evaluation))} \\\n    ${origin}/access/v1/evaluation`,
  ]
}
