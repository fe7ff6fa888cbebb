// `rolecall directory attribute …`
import { type Command, Option } from 'commander'
import { resolveDirectory } from '#access/grants/managers/references.ts'
import { attributeTypes, declareAttribute } from '#connections/directories/declare-attribute.ts'
import { type ExtensionAttribute, listExtensionAttributes } from '#directory/extension-attributes.ts'
import { type OutputOptions, print, printList } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Scope = OutputOptions & { organization: string; directory: string }

type RegisterOptions = Scope & Pick<ExtensionAttribute, 'resource' | 'urn' | 'name' | 'type'> & { multiValued?: true }

export function addDirectoryAttributeCommands(directory: Command, runtime: CliRuntime): void {
  const attribute = directory.command('attribute').description('attributes that no standard describes')
  attribute
    .command('list')
    .description('list what the directory has sent, and what was registered')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--directory <name>', 'name or id')
    .option('--json', 'print one JSON line')
    .action((options: Scope) => list(runtime, options))
  attribute
    .command('register')
    .description('register an attribute, or say of which type one is that was sent')
    .requiredOption('--organization <slug>', 'slug or id')
    .requiredOption('--directory <name>', 'name or id')
    .requiredOption('--urn <urn>', 'of the extension, e.g. urn:example:params:scim:schemas:badge:2.0:User')
    .requiredOption('--name <name>', 'of the attribute, or attribute.sub')
    .addOption(new Option('--type <type>').choices(attributeTypes).makeOptionMandatory())
    .addOption(new Option('--resource <resource>').choices(['User', 'Group']).default('User'))
    .option('--multi-valued', 'it has several values')
    .option('--json', 'print one JSON line')
    .action((options: RegisterOptions) => register(runtime, options))
}

async function list(runtime: CliRuntime, options: Scope): Promise<void> {
  const items = await inOrganization(runtime, options.organization, async (ctx) => {
    const { id } = await resolveDirectory(ctx, options.directory)
    return listExtensionAttributes(ctx, id)
  })
  printList(runtime, options, items, {
    RESOURCE: ({ resource }) => resource,
    NAME: ({ name }) => name,
    TYPE: ({ type, multiValued }) => (multiValued ? `${type}, several` : type),
    'KNOWN BY': ({ isGiven }) => (isGiven ? 'registered' : 'what was sent'),
    URN: ({ urn }) => urn,
  })
}

async function register(runtime: CliRuntime, options: RegisterOptions): Promise<void> {
  const { resource, urn, name, type, multiValued = false } = options
  const attribute = { resource, urn, name, type, multiValued }
  await inOrganization(runtime, options.organization, async (ctx) => {
    const { id: directoryId } = await resolveDirectory(ctx, options.directory)
    await declareAttribute(ctx, { directoryId, ...attribute })
  })
  print(runtime, options, { json: attribute, human: () => [`The attribute ${name} is registered as ${type}`] })
}
