// `rolecall application serve`: whom an application of the platform serves.
import { type Command, Option } from 'commander'
import { type ApplicationTerms, setApplicationTerms } from '#access/platform/applications/terms.ts'
import { organizationIdsOf } from './organization-ids.ts'
import { type OutputOptions, print } from './output.ts'
import { type CliRuntime, instanceContext } from './runtime.ts'

type Options = OutputOptions & {
  application: string
  all?: true
  only?: string[]
  except?: string[]
  optional?: boolean
}

export function addTermsCommand(application: Command, runtime: CliRuntime): void {
  application
    .command('serve')
    .description('say which organizations an application of the platform serves; all of them unless said otherwise')
    .requiredOption('--application <id>', 'its client id')
    .addOption(new Option('--all', 'all organizations').conflicts(['only', 'except']))
    .addOption(new Option('--only <organizations...>', 'slugs or ids').conflicts('except'))
    .option('--except <organizations...>', 'all but these: slugs or ids')
    .option('--optional', 'organizations may switch it off for themselves')
    .option('--no-optional', 'they may not')
    .option('--json', 'print one JSON line')
    .action((options: Options) => serve(runtime, options))
}

async function serve(runtime: CliRuntime, options: Options): Promise<void> {
  const { application, optional } = options
  const terms = await runtime.withServices(async (services) => {
    const ctx = instanceContext(services)
    const reach = reachOf(options)
    const ids = reach === undefined ? {} : { reach, organizationIds: await organizationIdsOf(ctx, namedIn(options)) }
    return setApplicationTerms(ctx, application, {
      ...ids,
      ...(optional === undefined ? {} : { isOptional: optional }),
    })
  })
  print(runtime, options, { json: terms, human: () => [sentence(application, terms)] })
}

const namedIn = ({ only, except }: Options): string[] => only ?? except ?? []

function reachOf({ all, only, except }: Options): ApplicationTerms['reach'] | undefined {
  if (only !== undefined) return 'only'
  if (except !== undefined) return 'except'
  return all === true ? 'all' : undefined
}

function sentence(application: string, { reach, organizationIds, isOptional }: ApplicationTerms): string {
  const named = organizationIds.join(', ')
  const whom = { all: 'all organizations', only: `only ${named}`, except: `all organizations except ${named}` }[reach]
  return `The application ${application} serves ${whom}${isOptional ? '; they may switch it off' : ''}`
}
