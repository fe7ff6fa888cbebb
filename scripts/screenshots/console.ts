// The console full of the demo's people: the same companies, feeds and mappings, a few sign-ins, invitations and a policy on top.
import { createWriteStream } from 'node:fs'
import { memberOfOnly } from '../../sandbox/demo/access-table.ts'
import { createRolecallCommand, type RolecallCommand } from '../../sandbox/demo/command-line.ts'
import { cast, entraMappings, oktaMappings } from '../../sandbox/demo/northwind.ts'
import { createOutput } from '../../sandbox/demo/output.ts'
import { createFeed, provision } from '../../sandbox/demo/provisioning.ts'
import {
  createBrands,
  createDecisionKey,
  createDirectory,
  createMappings,
  createOrganization,
} from '../../sandbox/demo/set-up.ts'
import { connectSignIn, type SignInScene, visitApplication } from '../../sandbox/demo/sign-in.ts'
import { createEntra } from '../../sandbox/entra.ts'
import { createOkta } from '../../sandbox/okta.ts'
import type { Person } from '../../sandbox/population.ts'

export type ConsoleScene = {
  administrator: Person
  /** Addresses of pages, by the name of the picture. */
  paths: Record<string, string>
  signIn: SignInScene
}

/** @param env what commands need to find the server */
export async function furnishConsole(env: NodeJS.ProcessEnv, origin: string): Promise<ConsoleScene> {
  const output = createOutput(createWriteStream('/dev/null') as unknown as NodeJS.WriteStream, env)
  const rolecall = createRolecallCommand(env)
  const organization = await createOrganization(rolecall)
  const brands = await createBrands(rolecall, organization)
  const okta = await createDirectory(rolecall, organization, { name: 'Head office (Okta)', origin })
  const entra = await createDirectory(rolecall, organization, { name: 'Studio (Entra ID)', origin })
  const { headOffice, studio } = cast()
  const feeds = [createFeed(createOkta, okta, headOffice), createFeed(createEntra, entra, studio)] as const
  await provision(feeds, output)
  const [ofOkta, ofEntra] = feeds
  await createMappings(rolecall, organization, { provider: ofOkta.provider, plans: oktaMappings.slice(0, -1), brands })
  await createMappings(rolecall, organization, { provider: ofEntra.provider, plans: entraMappings, brands })
  const administrator = memberOfOnly(headOffice, 'Platform Administrators')
  const editor = memberOfOnly(headOffice, 'Aurora Editors', 'Borealis Editors')
  const leaver = memberOfOnly(headOffice, 'Aurora Editors')
  const people = [administrator, editor, leaver, ...headOffice.people.slice(0, 12)]
  const signIn = await connectSignIn({
    ...{ rolecall, organization, decisionKey: await createDecisionKey(rolecall), issuer: origin },
    ...{ directoryId: okta.directoryId, domain: headOffice.domain, people: unique(people) },
  })
  for (const person of unique(people).slice(1)) await visitApplication(signIn, person, origin)
  await ofOkta.provider.deactivateUser(leaver.key)
  await inviteSome(rolecall, organization)
  return {
    ...{ administrator, signIn },
    paths: {
      console: '/console',
      users: '/console/users',
      user: `/console/users/${ofOkta.provider.userId(editor.key)}`,
      deactivated: `/console/users/${ofOkta.provider.userId(leaver.key)}`,
      brand: `/console/brands/${brands.get('Aurora')?.id}`,
      roles: '/console/roles',
      mappings: '/console/mappings',
      suggestions: '/console/mappings/suggestions',
      invitations: '/console/invitations',
      directories: `/console/directories/${okta.directoryId}`,
      provisioning: '/console/provisioning',
      'sign-ins': '/console/sign-ins',
      connect: '/console/connect',
      audit: '/console/audit',
      settings: '/console/settings/sign-in',
      emergency: '/console/emergency',
    },
  }
}

const unique = (people: readonly Person[]): Person[] => [
  ...new Map(people.map((person) => [person.key, person])).values(),
]

async function inviteSome(rolecall: RolecallCommand, organization: string): Promise<void> {
  const invite = (email: string, ...more: string[]) =>
    rolecall('invitation', 'create', '--organization', organization, '--email', email, '--role', 'viewer', ...more)
  await invite('imani.adeyemi@agency.example.com')
  await invite('lou.marchetti@agency.example.com')
}
