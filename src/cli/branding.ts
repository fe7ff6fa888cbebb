// `rolecall branding …`: how an organization, or the platform, looks to people.
import { readFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { type Branding, getBranding } from '#access/organizations/branding/branding.ts'
import { type BrandingInput, changeBranding } from '#access/organizations/branding/change-branding.ts'
import { putLogo, removeLogo } from '#access/organizations/branding/change-logo.ts'
import { languages } from '#words/texts/languages.ts'
import { type OutputOptions, print } from './output.ts'
import { type CliRuntime, inOwner, type OwnerOptions, withOwner } from './runtime.ts'

type Scope = OutputOptions & OwnerOptions

type SetOptions = Scope & Partial<Record<keyof BrandingInput, string>>

export function addBrandingCommands(program: Command, runtime: CliRuntime): void {
  const branding = program.command('branding').description('how an organization, or the platform, looks to people')
  const owned = (name: string, description: string): Command =>
    withOwner(branding.command(name).description(description)).option('--json', 'print one JSON line')
  owned('show', 'show what it says of itself').action(async (options: Scope) =>
    say(runtime, options, await inOwner(runtime, options, getBranding)),
  )
  owned('set', 'change it; what is not mentioned stays, and an empty text takes back what was said')
    .option('--display-name <name>', 'the name shown')
    .option('--accent-light <colour>', 'of buttons and links, such as #0d6661')
    .option('--accent-dark <colour>', 'the same in the dark')
    .option('--background-light <colour>', 'of the page')
    .option('--background-dark <colour>', 'the same in the dark')
    .option('--support-contact <contact>', 'an e-mail address, a telephone number or the address of a page')
    .option('--privacy-url <address>', 'begins with https://')
    .option('--terms-url <address>', 'begins with https://')
    .option('--help-url <address>', 'begins with https://')
    .option('--mail-sender-name <name>', 'of mails that the mail server of the installation sends')
    .addOption(new Option('--language <language>', 'of people who have chosen none').choices([...languages, '']))
    .action((options: SetOptions) => set(runtime, options))
  owned('logo', 'put a logo: a PNG, JPEG or WebP of at most 256 KB')
    .requiredOption('--file <path>', 'the picture')
    .action(async (options: Scope & { file: string }) => {
      const file = await readFile(options.file)
      say(runtime, options, await inOwner(runtime, options, (ctx) => putLogo(ctx, file)))
    })
  owned('remove-logo', 'remove the logo').action(async (options: Scope) =>
    say(runtime, options, await inOwner(runtime, options, removeLogo)),
  )
}

async function set(runtime: CliRuntime, { json, organization, platform, ...said }: SetOptions): Promise<void> {
  const input = Object.fromEntries(Object.entries(said).map(([name, value]) => [name, value === '' ? null : value]))
  const scope = { json, organization, platform } as Scope
  // The verb checks what was typed, and names what is wrong.
  const changed = await inOwner(runtime, scope, (ctx) => changeBranding(ctx, input as BrandingInput))
  say(runtime, scope, changed)
}

function say(runtime: CliRuntime, options: Scope, branding: Branding): void {
  const human = (): string[] => {
    const lines = Object.entries(branding).filter(([, value]) => value !== null)
    return lines.length === 0 ? ['Nothing is said'] : lines.map(([name, value]) => `${name}: ${value}`)
  }
  print(runtime, options, { json: branding, human })
}
