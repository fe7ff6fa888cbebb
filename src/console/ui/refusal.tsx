// What went wrong, inside the console: with the menu, for whoever only took a wrong turn.

import type { Context } from 'hono'
import { permissionCatalogue } from '#access/decisions/permissions.ts'
import { grantOf } from '#access/grants/managers/management.ts'
import { renderErrorPage } from '#http/pages-errors.ts'
import { LinkButton, SubmitButton } from '#http/ui/buttons.tsx'
import type { ErrorPageProps } from '#http/ui/error-page.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { AppError } from '#platform/errors.ts'
import type { ManagementPermission } from '#src/context.ts'
import { type ConsoleEnv, type Frame, frameOf } from './env.ts'
import { ConsolePage } from './frame.tsx'
import { Panel } from './parts.tsx'

/** The page for whatever was thrown; without the frame where it was thrown before anybody was let in. */
export const renderRefusal = (c: Context<ConsoleEnv>, thrown: unknown): Promise<Response> =>
  c.get('manager') === undefined
    ? renderErrorPage(c, thrown)
    : renderErrorPage(c, inWordsOfRoles(thrown), (props) => (
        <RefusalPage frame={{ ...frameOf(c), notice: undefined }} {...props} />
      ))

/** Roles are made of the catalogue's permissions, so that is what somebody can ask for and be given. */
function inWordsOfRoles(thrown: unknown): unknown {
  if (!(thrown instanceof AppError) || thrown.code !== 'forbidden') return thrown
  const name = grantOf(thrown.extensions?.['permission'] as ManagementPermission)
  const entry = permissionCatalogue.find((each) => each.name === name)
  if (entry === undefined) return thrown
  const where = thrown.message.endsWith(' in this brand') ? ' in this brand' : ''
  const message = `This needs the permission ${entry.name} (“${entry.description}”)${where}`
  return new AppError('forbidden', message, { ...(thrown.reason === undefined ? {} : { reason: thrown.reason }) })
}

const RefusalPage = ({ frame, title, detail, advice, reference, refused }: ErrorPageProps & { frame: Frame }) => (
  <ConsolePage frame={frame} section={undefined} title={title} lead={detail}>
    {refused === undefined || frame.manager.support !== undefined ? <p>{advice}</p> : <Ask {...{ frame, refused }} />}
    <LinkButton href="/console">To the overview</LinkButton>
    <p class="reference">
      Reference <code>{reference}</code>
    </p>
  </ConsolePage>
)

/** Whom to ask, and a form that tells the administrators. */
const Ask = ({ frame: { manager }, refused }: { frame: Frame; refused: string }) => {
  const { name, accessContact } = manager.organization
  return (
    <Panel title="Do you need it for your work?" lead={`${refused}.`}>
      <p>
        {accessContact === null ? `An administrator of ${name} can give it to you.` : `Ask ${accessContact}, or below.`}
      </p>
      <PostForm action="/account/request">
        <Field
          name="words"
          label="What you need, and what for"
          hint={`The administrators of ${name} are told, with what was refused.`}
          maxlength={300}
        />
        <input type="hidden" name="refused" value={refused} />
        <SubmitButton label="Ask for access" kind="secondary" />
      </PostForm>
    </Panel>
  )
}
