// What commands are given: the process around them, and the operator's way into an organization.
import { type Command, Option } from 'commander'
import { findOrganization } from '#access/organizations/organizations.ts'
import type { InstallationFinding } from '#access/upkeep/diagnose-installation.ts'
import { invalid, notFound } from '#platform/errors.ts'
import type { Urls } from '#platform/urls.ts'
import {
  type CallContext,
  enterInstance,
  enterOrganization,
  platformId,
  type Services,
  servicesOf,
} from '#src/context.ts'

export type CliServices = Services & { urls: Urls }

/** Asked for when it is needed. */
export type Passphrase = () => Promise<string>

export type BackedUp = { file: string; hasKeys: boolean; tables: number; rows: number }

/** `migrations`: how many were applied on top, of those that have come since. */
export type Restored = BackedUp & { createdAt: string; migrations: number }

/** `isLooking`: the database is taken as it is, and neither made nor migrated. */
export type Looking = { isLooking?: boolean }

export type CliRuntime = {
  /** Of this very program. */
  version: string
  /** Opens the database, attaching to or starting the embedded one, and closes it afterwards. */
  withServices<T>(work: (services: CliServices) => Promise<T>, options?: Looking): Promise<T>
  serve(): Promise<void>
  migrate(): Promise<void>
  /** What is wrong around the process: its public address, mail, and how it is configured. */
  diagnoseDeployment(): Promise<InstallationFinding[]>
  /** What `migrate` would do; the database is left as it is. */
  pendingMigrations(): Promise<{ pending: string[]; unknown: number }>
  /** As whom: the owner of the tables, for psql and backups, or the server, for another node. */
  databaseUrl(whose: 'owner' | 'server'): Promise<string>
  /** Writes a backup; without keys where it is given no passphrase. */
  backup(file: string, passphrase: Passphrase | undefined): Promise<BackedUp>
  /** Restores a backup into an empty database; as a rehearsal into one that is thrown away. */
  restore(file: string, passphrase: Passphrase, options: { isRehearsal: boolean }): Promise<Restored>
  /** From the environment or standard input. @throws AppError invalid where it is in neither */
  passphrase: Passphrase
  /** An environment variable that a document names; undefined where it is not set, and for settings of the server itself. */
  variable(name: string): string | undefined
  /** A file that a document names. @throws AppError invalid where it cannot be read, or lies in DATA_DIR */
  secretFile(path: string): Promise<string>
  /** All of standard input. */
  readInput(): Promise<string>
  /** One line on standard output. */
  print(line: string): void
  /** One line on standard error. */
  printError(line: string): void
  setExitCode(code: number): void
}

/** The operator's context for the instance: its organizations, and nothing inside of them. */
export function instanceContext(services: CliServices): CallContext {
  return {
    ...servicesOf(services),
    organizationId: platformId,
    actor: { type: 'operator', id: 'cli' },
    permissions: 'all',
    entry: enterInstance({}),
    requestId: services.ids.next('req'),
  }
}

/** The operator's context inside an organization. */
export function organizationContext(services: CliServices, organizationId: string): CallContext {
  return { ...instanceContext(services), organizationId, entry: enterOrganization({ organizationId }) }
}

/** Runs `work` inside the organization with this slug or id. @throws AppError not_found */
export function inOrganization<T>(
  runtime: CliRuntime,
  reference: string,
  work: (ctx: CallContext, services: CliServices) => Promise<T>,
  options: Looking = {},
): Promise<T> {
  return runtime.withServices(async (services) => {
    const organization = await findOrganization(instanceContext(services), reference)
    if (organization === undefined) throw notFound(`Organization ${reference}`)
    return work(organizationContext(services, organization.id), services)
  }, options)
}

/** Whose something is: an organization's, or the platform's own. */
export type OwnerOptions = { organization?: string; platform?: true }

export const withOwner = (command: Command): Command =>
  command
    .option('--organization <slug>', 'slug or id')
    .addOption(new Option('--platform', 'of the platform itself, above organizations').conflicts('organization'))

/** Runs `work` inside the organization, or above all of them. @throws AppError not_found; invalid where neither is said */
export function inOwner<T>(
  runtime: CliRuntime,
  { organization, platform }: OwnerOptions,
  work: (ctx: CallContext, services: CliServices) => Promise<T>,
): Promise<T> {
  if (platform === true) return runtime.withServices((services) => work(instanceContext(services), services))
  if (organization === undefined) throw invalid('Say whose it is: --organization, or --platform', 'invalidValue')
  return inOrganization(runtime, organization, work)
}
