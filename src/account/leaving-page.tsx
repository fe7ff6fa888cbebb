// Between signing out here and signing out at the identity provider, where it has a logout of its own.
import { WideLink } from '#http/ui/buttons.tsx'
import { CardPage } from '#http/ui/page.tsx'

export const LeavingPage = ({ url }: { url: string }) => (
  <CardPage title="You are signed out here" lead="Next, your company's sign-in signs you out as well.">
    <p>
      <WideLink href={url}>Continue</WideLink>
    </p>
  </CardPage>
)
