// The administrator's part of the demo, by command line: organization, brands, directories, API key and mappings.
import type { IdentityProvider } from '../identity-provider.ts'
import { textAt } from '../json.ts'
import { keyOf } from '../population.ts'
import { CommandFailed, type RolecallCommand } from './command-line.ts'
import { inParallel } from './in-parallel.ts'
import { brandNames, type MappingPlan, organizationName } from './northwind.ts'

export type Brand = { id: string; slug: string; name: string }
export type ScimDirectory = { directoryId: string; baseUrl: string; token: string }

// Each command is a process of its own, so more at once would only make them wait for a processor.
const commandsAtOnce = 3

/** Creates the organization under the first slug that is free: demo, demo-2, demo-3 … Answers with the slug. */
export async function createOrganization(rolecall: RolecallCommand): Promise<string> {
  for (let round = 1; ; round += 1) {
    const slug = round === 1 ? 'demo' : `demo-${round}`
    try {
      const created = await rolecall('organization', 'create', '--slug', slug, '--name', organizationName)
      return textAt(created, 'slug')
    } catch (error) {
      if (!(error instanceof CommandFailed) || !isTaken(error) || round >= 200) throw error
    }
  }
}

/** Creates the brands, by name. */
export async function createBrands(rolecall: RolecallCommand, organization: string): Promise<Map<string, Brand>> {
  const brands = new Map<string, Brand>()
  await inParallel(brandNames, commandsAtOnce, async (name) => {
    const args = ['--organization', organization, '--slug', name.toLowerCase(), '--name', name]
    const brand = await rolecall('brand', 'create', ...args)
    brands.set(name, { id: textAt(brand, 'id'), slug: textAt(brand, 'slug'), name })
  })
  return brands
}

/** Creates a SCIM directory. Its base URL is moved to `origin`, where this machine reaches the server. */
export async function createDirectory(
  rolecall: RolecallCommand,
  organization: string,
  { name, origin }: { name: string; origin: string },
): Promise<ScimDirectory> {
  const directory = await rolecall('directory', 'create', '--organization', organization, '--name', name)
  const { pathname } = new URL(textAt(directory, 'baseUrl'))
  const directoryId = textAt(directory, 'directoryId')
  return { directoryId, baseUrl: `${origin}${pathname}`, token: textAt(directory, 'token') }
}

/** Maps the pushed groups to roles, each by its id: names may be changed by the identity provider, ids may not. */
export async function createMappings(
  rolecall: RolecallCommand,
  organization: string,
  {
    provider,
    plans,
    brands,
  }: { provider: IdentityProvider; plans: readonly MappingPlan[]; brands: Map<string, Brand> },
): Promise<void> {
  await inParallel(plans, commandsAtOnce, async ({ group, role, brand }) => {
    const groupId = provider.groupId(keyOf(group))
    const slug = brand === undefined ? undefined : brands.get(brand)?.slug
    const scope = slug === undefined ? [] : ['--brand', slug]
    await rolecall('mapping', 'create', '--organization', organization, '--group', groupId, '--role', role, ...scope)
  })
}

/** Creates the platform's key with which the host application asks for decisions about people of every customer. */
export async function createDecisionKey(rolecall: RolecallCommand): Promise<string> {
  return textAt(await rolecall('platform-key', 'create', '--name', 'Newsroom', '--access', 'decisions'), 'key')
}

/** Creates a key for whoever tries the API. */
export async function createApiKey(rolecall: RolecallCommand, organization: string): Promise<string> {
  return textAt(await rolecall('api-key', 'create', '--organization', organization), 'key')
}

function isTaken(error: CommandFailed): boolean {
  return /exist|taken|conflict|already|in use|unique/i.test(error.output)
}
