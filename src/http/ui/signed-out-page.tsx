// Where people end up who have signed out, whoever began it.
import type { Child } from 'hono/jsx'
import type { TextKey } from '#words/texts/texts.ts'
import { WideLink } from './buttons.tsx'
import { CardPage } from './page.tsx'
import { Say, useWords } from './reader.tsx'

type SignedOutPageProps = {
  lead?: TextKey
  /** Whether the browser is signed in at another organization still. */
  isElsewhere?: boolean
}

export const SignedOutPage = ({ lead = 'signedOut.lead', isElsewhere = false }: SignedOutPageProps) => {
  const words = useWords()
  const link = (content: Child) => <a href="/account/organizations">{content}</a>
  return (
    <CardPage title={words('signedOut.title')} lead={words(lead)}>
      {isElsewhere ? (
        <p>
          <Say of="signedOut.elsewhere" values={{ link }} />
        </p>
      ) : null}
      <p>
        <WideLink href="/login">{words('signedOut.again')}</WideLink>
      </p>
    </CardPage>
  )
}
