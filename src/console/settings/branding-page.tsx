// The page of the organization's look: the form, the logo, and how a sign-in page would be with it.
import { ownColours } from '#access/ground/colours.ts'
import type { Branding } from '#access/organizations/branding/branding.ts'
import { Actions, SubmitButton } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field, Labelled } from '#http/ui/forms.tsx'
import { Logo } from '#http/ui/logo.tsx'
import { logoPath, previewPath } from '#http/ui/look-paths.ts'
import { isPermitted } from '#src/context.ts'
import { languageNames, languages } from '#words/texts/languages.ts'
import type { Frame } from '../ui/env.ts'
import { Panel, Select } from '../ui/parts.tsx'
import { SettingsFrame } from './settings-frame.tsx'

export const brandingHome = '/console/settings/branding'

/** Texts of the form, as the verb calls them. */
export const brandingFields = [
  ...(['displayName', 'accentLight', 'accentDark', 'backgroundLight', 'backgroundDark'] as const),
  ...(['supportContact', 'privacyUrl', 'termsUrl', 'helpUrl', 'mailSenderName'] as const),
] as const

type PageProps = { frame: Frame; state: FormState; branding: Branding; isTried: boolean }

export const BrandingPage = ({ frame, state, branding, isTried }: PageProps) => {
  const mayWrite = isPermitted(frame.ctx, 'organization.write')
  const name = branding.displayName ?? frame.manager.organization.name
  return (
    <SettingsFrame frame={frame} tab="branding">
      {isTried ? (
        <Alert kind="info" title="Nothing is saved yet">
          The preview below shows what you entered.
        </Alert>
      ) : null}
      <Panel title="Preview" lead="The sign-in page, light and dark. People see the one that their device asks for.">
        <Preview branding={branding} name={name} />
      </Panel>
      <PostForm action={brandingHome} state={state}>
        <Look state={state} />
        <Panel title="Help and links" lead="Below every sign-in page, account page and mail.">
          <Field
            {...field(state, 'supportContact')}
            label="Support contact"
            hint="An e-mail address, a telephone number or the address of a page."
            maxlength={200}
            isOptional
          />
          <Field {...field(state, 'helpUrl')} label="Help" type="url" placeholder="https://" isOptional />
          <Field {...field(state, 'privacyUrl')} label="Privacy notice" type="url" placeholder="https://" isOptional />
          <Field {...field(state, 'termsUrl')} label="Terms of use" type="url" placeholder="https://" isOptional />
        </Panel>
        <Panel title="Mail and language">
          <Field
            {...field(state, 'mailSenderName')}
            label="Name of the sender"
            hint="Where the mail server of the installation sends; your own has a name of its own."
            maxlength={100}
            isOptional
          />
          <Select
            name="language"
            label="Language"
            value={state.values['language']}
            error={state.errors['language']}
            empty="Not set"
            hint="For people who have chosen none, in their profile or their browser."
            options={languages.map((value) => ({ value, label: languageNames[value] }))}
          />
          {mayWrite ? (
            <Actions>
              <SubmitButton label="Save" name="act" value="save" />
              <SubmitButton label="Show a preview" kind="secondary" name="act" value="preview" />
            </Actions>
          ) : null}
        </Panel>
      </PostForm>
      <LogoPanel branding={branding} error={state.errors['logo']} mayWrite={mayWrite} />
    </SettingsFrame>
  )
}

const Look = ({ state }: { state: FormState }) => {
  const colour = (name: keyof typeof ownColours, label: string) => (
    <Field {...field(state, name)} label={label} placeholder={ownColours[name]} maxlength={7} isOptional />
  )
  return (
    <Panel title="Look" lead="What you leave empty is as the platform has it. Colours that cannot be read are refused.">
      <Field
        {...field(state, 'displayName')}
        label="Name shown"
        hint="The name of the organization, unless you say otherwise."
        maxlength={100}
        isOptional
      />
      <div class="columns">
        {colour('accentLight', 'Accent colour, light')}
        {colour('accentDark', 'Accent colour, dark')}
        {colour('backgroundLight', 'Background, light')}
        {colour('backgroundDark', 'Background, dark')}
      </div>
    </Panel>
  )
}

const Preview = ({ branding, name }: { branding: Branding; name: string }) => {
  const sheet = previewPath(branding)
  return (
    <>
      {sheet === undefined ? null : <link rel="stylesheet" href={sheet} />}
      <div class="columns">
        {(['light', 'dark'] as const).map((scheme) => (
          <figure class="look-figure">
            <div class={`look-preview is-${scheme}`} inert>
              <p class="card-header-row">
                {branding.logoHash === null ? (
                  <Logo />
                ) : (
                  <img class="own-logo" src={logoPath(branding.logoHash)} alt="" />
                )}
                <span class="brand-name">{name}</span>
              </p>
              <div class="card sheet">
                <p class="h1">Sign in</p>
                <Labelled id={`preview-${scheme}`} label="E-mail or user name">
                  <input class="form-control" id={`preview-${scheme}`} value="ada@example.com" readonly />
                </Labelled>
                <span class="btn btn-primary w-100">Continue</span>
                <p class="aside">
                  <a href={brandingHome}>Forgot your password?</a>
                </p>
              </div>
              {branding.supportContact === null ? null : <p class="look-links">Support: {branding.supportContact}</p>}
            </div>
            <figcaption>{scheme === 'light' ? 'Light' : 'Dark'}</figcaption>
          </figure>
        ))}
      </div>
    </>
  )
}

type LogoPanelProps = { branding: Branding; error: string | undefined; mayWrite: boolean }

const LogoPanel = ({ branding, error, mayWrite }: LogoPanelProps) => (
  <Panel
    title="Logo"
    id="logo"
    lead="A PNG, JPEG or WebP of at most 256 KB, shown 40 pixels high. It is kept without its metadata."
  >
    {branding.logoHash === null ? null : (
      <p>
        <img class="own-logo" src={logoPath(branding.logoHash)} alt="The logo as it is now" />
      </p>
    )}
    {mayWrite ? (
      <>
        <PostForm action={`${brandingHome}/logo`} enctype="multipart/form-data">
          <Labelled id="logo-file" label="Picture" error={error}>
            <input
              class={error === undefined ? 'form-control' : 'form-control is-invalid'}
              id="logo-file"
              name="logo"
              type="file"
              accept="image/png,image/jpeg,image/webp"
              aria-describedby={error === undefined ? undefined : 'logo-file-error'}
              required
            />
          </Labelled>
          <Actions>
            <SubmitButton label="Upload the logo" kind="secondary" />
          </Actions>
        </PostForm>
        {branding.logoHash === null ? null : (
          <PostForm action={`${brandingHome}/logo/remove`}>
            <Actions>
              <SubmitButton label="Remove the logo" kind="secondary" />
            </Actions>
          </PostForm>
        )}
      </>
    ) : null}
  </Panel>
)
