// Met “u”.
import type { en } from './en.ts'

export const nl = {
  'mail.administrator': 'Een beheerder van {organization}',
  'mail.held': '{role} in {place}',
  'mail.heldUntil': '{role} in {place} tot {time}',
  'invitation.subject': 'Uitnodiging voor {organization}',
  'invitation.lead': '{inviter} nodigt u uit voor {organization}.',
  'invitation.roles': 'Uw rollen: {roles}.',
  'invitation.allowed': 'Bij wijze van uitzondering mag u: {permissions}.',
  'invitation.denied': 'Bij wijze van uitzondering mag u niet: {permissions}.',
  'invitation.choose':
    'Open de link en kies een wachtwoord of passkey om uw account in te stellen. Daarna meldt u zich aan met dit e-mailadres.',
  'invitation.provider':
    'U hebt geen nieuw wachtwoord nodig: open de link en meld u aan via {provider}, zoals voor uw andere werk.',
  'invitation.action': 'Uitnodiging accepteren',
  'invitation.closing':
    'De link is alleen voor u, werkt één keer en is geldig tot {time}. Als u dit bericht niet verwachtte, hoeft u niets te doen.',
  'newPassword.subject': 'Kies een nieuw wachtwoord voor {organization}',
  'newPassword.lead':
    'Iemand, waarschijnlijk uzelf, heeft een nieuw wachtwoord aangevraagd voor {name} bij {organization}.',
  'newPassword.action': 'Nieuw wachtwoord kiezen',
  'newPassword.closing':
    'De link werkt één keer, gedurende {minutes, plural, one {# minuut} other {# minuten}}. Hebt u dit niet aangevraagd, doe dan niets: uw wachtwoord blijft zoals het is.',
  'passwordChanged.subject': 'Uw wachtwoord voor {organization} is gewijzigd',
  'passwordChanged.lead':
    'Het wachtwoord van {name} bij {organization} is zojuist gewijzigd, en u bent elders afgemeld.',
  'passwordChanged.closing':
    'Was u dat zelf, dan hoeft u niets te doen. Zo niet, kies dan een nieuw wachtwoord op {url} en waarschuw uw beheerder.',
  'newAddress.subject': 'Bevestig uw nieuwe adres bij {organization}',
  'newAddress.lead': '{name} bij {organization} wil zich voortaan met dit adres aanmelden.',
  'newAddress.action': 'Adres bevestigen',
  'newAddress.closing':
    'De link werkt één keer, gedurende {hours, plural, one {# uur} other {# uur}}, waar {name} is aangemeld. Als u dit niet verwachtte, doe dan niets.',
  'addressChanged.subject': 'Uw adres bij {organization} is gewijzigd',
  'addressChanged.lead': '{name} bij {organization} meldt zich voortaan aan met {email}, en niet meer met dit adres.',
  'addressChanged.closing': 'Was u dat niet, waarschuw dan meteen uw beheerder.',
  'linked.subject': '{connection} kan u voortaan aanmelden bij {organization}',
  'linked.lead':
    'Een aanmelding via {connection} is zojuist gekoppeld aan {name} bij {organization}. Wie daar dat account heeft, kan zich als u aanmelden.',
  'linked.action': 'Dat was ik niet: ongedaan maken',
  'linked.closing':
    'Verwachtte u dit, dan hoeft u niets te doen. De link verwijdert de aanmelding en werkt één keer, gedurende {days, plural, one {# dag} other {# dagen}}; er gebeurt niets voordat u het daar bevestigt.',
  'ending.subject': 'Uw toegang tot {place} eindigt op {date}',
  'ending.subjectOf': 'De toegang van {holder} tot {place} eindigt op {date}',
  'ending.lead':
    'Op {time} eindigt uw toewijzing: {role} in {place}. Wat die toestaat, wordt vanaf dat moment geweigerd.',
  'ending.leadOf':
    'Op {time} eindigt de toewijzing van {holder}: {role} in {place}. Wat die toestaat, wordt vanaf dat moment geweigerd.',
  'ending.action': 'Toewijzing verlengen',
  'ending.closing': 'Hebt u deze langer nodig, vraag het dan aan uw beheerder, die de einddatum kan wijzigen.',
  'ending.closingOf':
    'U staat vermeld als verantwoordelijke. Is de toewijzing langer nodig, wijzig dan de einddatum of vraag dat aan een beheerder. Zo niet, dan hoeft u niets te doen.',
  'inactive.subject': 'Uw account bij {organization} wordt op {date} gedeactiveerd',
  'inactive.lead':
    'Uw account bij {organization} is sinds {since} niet gebruikt. Blijft dat zo, dan wordt het op {time} gedeactiveerd: u kunt zich dan niet meer aanmelden en uw sessies eindigen.',
  'inactive.keep': 'Meld u vóór die tijd één keer aan om het te houden. Meer hoeft u niet te doen.',
  'inactive.closing':
    'Hebt u het account niet meer nodig, dan hoeft u niets te doen. Een beheerder kan het weer activeren.',
  'changed.subject': 'Uw toegang bij {organization} is gewijzigd',
  'changed.roleGiven':
    '{who} heeft u de rol {role} in {place} gegeven{ends, select, yes {, tot {time}} other {}}{replaces, select, yes {, in plaats van {former}} other {}}.',
  'changed.roleTaken': '{who} heeft u de rol {role} in {place} ontnomen.',
  'changed.roleMoved':
    '{who} heeft het einde van de rol {role} in {place} gewijzigd: u hebt die {ends, select, yes {tot {time}} other {zonder einddatum}}.',
  'changed.allowGiven':
    '{who} heeft u de bevoegdheid {permission} in {place} gegeven{ends, select, yes {, tot {time}} other {}}.',
  'changed.allowTaken': '{who} heeft u de bevoegdheid {permission} in {place} ontnomen.',
  'changed.allowMoved':
    '{who} heeft het einde van de bevoegdheid {permission} in {place} gewijzigd: u hebt die {ends, select, yes {tot {time}} other {zonder einddatum}}.',
  'changed.denyGiven':
    '{who} heeft u de bevoegdheid {permission} in {place} ontnomen{ends, select, yes {, tot {time}} other {}}.',
  'changed.denyTaken': '{who} heeft u de bevoegdheid {permission} in {place} teruggegeven.',
  'changed.denyMoved':
    '{who} heeft gewijzigd tot wanneer u de bevoegdheid {permission} in {place} mist: {ends, select, yes {tot {time}} other {zonder einddatum}}.',
  'changed.action': 'Mijn toegang bekijken',
  'changed.closing':
    'U krijgt dit bericht omdat is gewijzigd wat u mag doen. Klopt er iets niet, vraag het dan aan uw beheerder.',
  'digest.lead': 'Sinds {time} is dit gewijzigd in wat u bij {organization} mag doen:',
  'digest.gained': 'U hebt nu {role} in {place}, via: {through}.',
  'digest.lost': 'U hebt {role} in {place} niet meer. Die kwam via: {through}.',
  'digest.withheld': 'De regel {rule} onthoudt u {role} in {place}. U zou die hebben via: {through}.',
  'digest.allowCounts': 'Uw eigen bevoegdheid {permission} in {place} geldt nu, omdat u daar een rol hebt.',
  'digest.allowPauses': 'Uw eigen bevoegdheid {permission} in {place} geldt niet meer, omdat u daar geen rol hebt.',
  'digest.denyCounts': 'Dat {permission} in {place} alleen u wordt geweigerd, geldt nu, omdat u daar een rol hebt.',
  'digest.denyPauses':
    'Dat {permission} in {place} alleen u wordt geweigerd, geldt niet meer, omdat u daar geen rol hebt.',
  'digest.roleAllows': 'De rol {role} staat nu toe: {permissions}.',
  'digest.roleRefuses': 'De rol {role} staat niet meer toe: {permissions}.',
  'digest.by': 'Gewijzigd door {name}.',
  'digest.more': 'En nog {count, plural, one {# wijziging} other {# wijzigingen}}.',
  'through.direct': 'rechtstreeks: {reason}',
  'through.team': 'team {name}',
  'through.filter': 'filter {filter}',
  'through.group': 'groep {name}',
  'through.inside': '{name} in {outer}',
} as const satisfies Record<keyof typeof en, string>
