// Between signing out here and signing out at the identity provider, where it has a logout of its own.
import { WideLink } from '#http/ui/buttons.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { useWords } from '#http/ui/reader.tsx'

export const LeavingPage = ({ url }: { url: string }) => {
  const words = useWords()
  return (
    <CardPage title={words('leaving.title')} lead={words('leaving.lead')}>
      <p>
        <WideLink href={url}>{words('frame.continue')}</WideLink>
      </p>
    </CardPage>
  )
}
