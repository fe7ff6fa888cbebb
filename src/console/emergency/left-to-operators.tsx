// What is said where four eyes leave an act to whoever has the server.
import { Alert } from '#http/ui/content.tsx'

export const LeftToOperators = ({ verb }: { verb: 'create' | 'reseal' }) => (
  <Alert kind="info" title="An operator does this on the server">
    An emergency account has all rights, and your organization wants such rights to be given by two people. Ask whoever
    runs Rolecall for <code>rolecall emergency {verb}</code>.
  </Alert>
)
