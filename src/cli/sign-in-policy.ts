// `rolecall organization sign-in-policy`
import { type Command, Option } from 'commander'
import { getSignInPolicy, type SignInPolicy, updateSignInPolicy } from '#access/sign-in/policy/sign-in-policy.ts'
import { given } from '#platform/input.ts'
import { type OutputOptions, print } from './output.ts'
import { type CliRuntime, inOrganization } from './runtime.ts'

type Options = OutputOptions & {
  organization: string
  passwords?: SignInPolicy['passwordSignIn']
  passwordMinLength?: string
  secondFactor?: SignInPolicy['secondFactor']
  managerSecondFactor?: SignInPolicy['managerSecondFactor']
  freshProofMinutes?: string
  signInPage?: SignInPolicy['signInPage']
  linkedSignIn?: SignInPolicy['linkedSignIn']
  sessionIdleMinutes?: string
  sessionAbsoluteMinutes?: string
  invitationDays?: string
}

export function addSignInPolicyCommand(organization: Command, runtime: CliRuntime): void {
  organization
    .command('sign-in-policy')
    .description('show how people sign in without a provider, or change it by the options')
    .requiredOption('--organization <slug>', 'slug or id')
    .addOption(new Option('--passwords <policy>').choices(['allowed', 'off']))
    .option('--password-min-length <number>', 'at least 6')
    .addOption(new Option('--second-factor <policy>').choices(['optional', 'required']))
    .addOption(
      new Option(
        '--manager-second-factor <policy>',
        'of whoever manages something, whichever way they sign in',
      ).choices(['optional', 'required']),
    )
    .option('--fresh-proof-minutes <number>', 'how long a proof counts for what lets others in, 1 to 60')
    .addOption(
      new Option('--sign-in-page <policy>', 'neutral: it names no organization by its slug').choices([
        'named',
        'neutral',
      ]),
    )
    .addOption(
      new Option('--linked-sign-in <policy>', 'whether a sign-in of a linked account elsewhere counts here').choices([
        'own',
        'accepted',
      ]),
    )
    .option('--session-idle-minutes <number>', 'when an unused session ends')
    .option('--session-absolute-minutes <number>', 'when any session ends')
    .option('--invitation-days <number>', 'how long the link of an invitation is good')
    .option('--json', 'print one JSON line')
    .action((options: Options) => run(runtime, options))
}

async function run(runtime: CliRuntime, options: Options): Promise<void> {
  const changes = given({
    passwordSignIn: options.passwords,
    passwordMinLength: number(options.passwordMinLength),
    secondFactor: options.secondFactor,
    managerSecondFactor: options.managerSecondFactor,
    freshProofMinutes: number(options.freshProofMinutes),
    signInPage: options.signInPage,
    linkedSignIn: options.linkedSignIn,
    sessionIdleMinutes: number(options.sessionIdleMinutes),
    sessionAbsoluteMinutes: number(options.sessionAbsoluteMinutes),
    invitationDays: number(options.invitationDays),
  })
  const isChange = Object.keys(changes).length > 0
  const policy = await inOrganization(runtime, options.organization, (ctx) =>
    isChange ? updateSignInPolicy(ctx, changes) : getSignInPolicy(ctx),
  )
  const human = () => [
    `Passwords                 ${policy.passwordSignIn}, at least ${policy.passwordMinLength} characters`,
    `Second factor             ${policy.secondFactor}`,
    `Second factor of managers ${policy.managerSecondFactor}`,
    `A proof counts for        ${policy.freshProofMinutes} minutes`,
    `Sessions end              after ${policy.sessionIdleMinutes} minutes unused, ${policy.sessionAbsoluteMinutes} at most`,
    `Sign-in page              ${policy.signInPage}`,
    `Linked accounts           ${policy.linkedSignIn === 'own' ? 'sign in here' : 'come in by a sign-in elsewhere'}`,
    `Invitations are good for  ${policy.invitationDays} days`,
  ]
  print(runtime, options, { json: policy, human })
}

const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))
