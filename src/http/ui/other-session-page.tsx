// A form was sent while the browser was at another organization than the page was drawn for.
import { SubmitButton } from './buttons.tsx'
import { PostForm } from './form.tsx'
import { CardPage } from './page.tsx'

export const backPath = '/account/organizations/back'

export type OtherSessionPageProps = {
  /** The organization that the browser is at now. */
  here: string | undefined
  /** The one that the page was drawn for; undefined where this browser is not signed in there, as that person. */
  there: string | undefined
  /** False where the form does not say at all what it was made for. */
  isKnown: boolean
  path: string
  page: string
  /** As JSON. */
  fields: string | undefined
  madeFor: string | undefined
}

export const OtherSessionPage = ({ here, there, isKnown, path, page, fields, madeFor }: OtherSessionPageProps) => (
  <CardPage
    title="Nothing was changed"
    lead={`The page was made for ${there ?? (isKnown ? 'another sign-in' : 'an earlier version of Rolecall')}, and this browser is at ${here ?? 'another organization'} now.`}
  >
    <p>{adviceOf({ there, isKnown, isFile: fields === undefined })}</p>
    <PostForm action={backPath} hidden={{ path, page, fields, meant: isKnown ? madeFor : undefined }}>
      <SubmitButton label={there === undefined ? 'Look at what you sent' : `Go back to ${there}`} wide />
    </PostForm>
    <p class="aside">
      <a href="/account">Stay at {here ?? 'your account'}</a>
    </p>
  </CardPage>
)

function adviceOf({
  there,
  isKnown,
  isFile,
}: {
  there: string | undefined
  isKnown: boolean
  isFile: boolean
}): string {
  const kept = isFile ? 'The file has to be chosen again.' : 'What you filled in is kept, and shown before it is sent.'
  if (there !== undefined) return kept
  if (!isKnown) return kept
  return `Sign in there again in another tab first, then go on here. ${kept}`
}
