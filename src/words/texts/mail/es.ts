// De usted.
import type { en } from './en.ts'

export const es = {
  'mail.administrator': 'Un administrador de {organization}',
  'mail.held': '{role} en {place}',
  'mail.heldUntil': '{role} en {place} hasta el {time}',
  'invitation.subject': 'Invitación a {organization}',
  'invitation.lead': '{inviter} le invita a unirse a {organization}.',
  'invitation.roles': 'Sus roles: {roles}.',
  'invitation.allowed': 'Como excepción, puede: {permissions}.',
  'invitation.denied': 'Como excepción, no puede: {permissions}.',
  'invitation.choose':
    'Para crear su cuenta, abra el enlace y elija una contraseña o una clave de acceso. Después iniciará sesión con esta dirección de correo.',
  'invitation.provider':
    'No necesita una contraseña nueva: abra el enlace e inicie sesión con {provider}, como en el resto de su trabajo.',
  'invitation.action': 'Aceptar la invitación',
  'invitation.closing':
    'El enlace es solo para usted, funciona una vez y es válido hasta el {time}. Si no esperaba este mensaje, no tiene que hacer nada.',
  'newPassword.subject': 'Elija una nueva contraseña para {organization}',
  'newPassword.lead': 'Alguien, probablemente usted, ha pedido una nueva contraseña para {name} en {organization}.',
  'newPassword.action': 'Elegir una nueva contraseña',
  'newPassword.closing':
    'El enlace funciona una vez, durante {minutes, plural, one {# minuto} many {# minutos} other {# minutos}}. Si no lo ha pedido, no haga nada: su contraseña no cambia.',
  'passwordChanged.subject': 'Se ha cambiado su contraseña de {organization}',
  'passwordChanged.lead':
    'La contraseña de {name} en {organization} acaba de cambiarse, y se ha cerrado su sesión en los demás sitios.',
  'passwordChanged.closing':
    'Si ha sido usted, no hay nada que hacer. Si no, elija una nueva contraseña en {url} y avise a su administrador.',
  'newAddress.subject': 'Confirme su nueva dirección en {organization}',
  'newAddress.lead': '{name} en {organization} quiere iniciar sesión con esta dirección a partir de ahora.',
  'newAddress.action': 'Confirmar la dirección',
  'newAddress.closing':
    'El enlace funciona una vez, durante {hours, plural, one {# hora} many {# horas} other {# horas}}, donde {name} tenga la sesión iniciada. Si no lo esperaba, no haga nada.',
  'addressChanged.subject': 'Se ha cambiado su dirección en {organization}',
  'addressChanged.lead':
    '{name} en {organization} inicia sesión con {email} a partir de ahora, y ya no con esta dirección.',
  'addressChanged.closing': 'Si no ha sido usted, avise enseguida a su administrador.',
  'linked.subject': '{connection} puede iniciar su sesión en {organization} a partir de ahora',
  'linked.lead':
    'Un inicio de sesión con {connection} acaba de vincularse a {name} en {organization}. Quien tenga esa cuenta puede iniciar sesión en su lugar.',
  'linked.action': 'No he sido yo: deshacer',
  'linked.closing':
    'Si lo esperaba, no hay nada que hacer. El enlace elimina ese inicio de sesión y funciona una vez, durante {days, plural, one {# día} many {# días} other {# días}}; no ocurre nada hasta que lo confirme.',
  'ending.subject': 'Su acceso a {place} termina el {date}',
  'ending.subjectOf': 'El acceso de {holder} a {place} termina el {date}',
  'ending.lead': 'El {time} termina su asignación: {role} en {place}. Lo que permite se rechaza desde ese momento.',
  'ending.leadOf':
    'El {time} termina la asignación de {holder}: {role} en {place}. Lo que permite se rechaza desde ese momento.',
  'ending.action': 'Prolongar la asignación',
  'ending.closing': 'Si la necesita más tiempo, pídaselo a su administrador, que puede cambiar la fecha de fin.',
  'ending.closingOf':
    'Usted figura como responsable. Si la asignación hace falta más tiempo, cambie la fecha de fin o pídaselo a un administrador. Si no, no hay nada que hacer.',
  'inactive.subject': 'Su cuenta en {organization} se desactivará el {date}',
  'inactive.lead':
    'Nadie ha usado su cuenta en {organization} desde el {since}. Si sigue así, se desactivará el {time}: ya no podrá iniciar sesión y sus sesiones terminarán.',
  'inactive.keep': 'Para conservarla, inicie sesión una vez antes de esa fecha. No hay nada más que hacer.',
  'inactive.closing': 'Si ya no necesita la cuenta, no hay nada que hacer. Un administrador puede volver a activarla.',
  'changed.subject': 'Su acceso en {organization} ha cambiado',
  'changed.roleGiven':
    '{who} le ha dado el rol {role} en {place}{ends, select, yes { hasta el {time}} other {}}{replaces, select, yes {, en lugar de {former}} other {}}.',
  'changed.roleTaken': '{who} le ha quitado el rol {role} en {place}.',
  'changed.roleMoved':
    '{who} ha cambiado el fin del rol {role} en {place}: lo tiene {ends, select, yes {hasta el {time}} other {sin fecha de fin}}.',
  'changed.allowGiven':
    '{who} le ha dado el permiso {permission} en {place}{ends, select, yes { hasta el {time}} other {}}.',
  'changed.allowTaken': '{who} le ha quitado el permiso {permission} en {place}.',
  'changed.allowMoved':
    '{who} ha cambiado el fin del permiso {permission} en {place}: lo tiene {ends, select, yes {hasta el {time}} other {sin fecha de fin}}.',
  'changed.denyGiven':
    '{who} le ha quitado el permiso {permission} en {place}{ends, select, yes { hasta el {time}} other {}}.',
  'changed.denyTaken': '{who} le ha devuelto el permiso {permission} en {place}.',
  'changed.denyMoved':
    '{who} ha cambiado hasta cuándo no tiene el permiso {permission} en {place}: {ends, select, yes {hasta el {time}} other {sin fecha de fin}}.',
  'changed.action': 'Ver mis accesos',
  'changed.closing':
    'Recibe este mensaje porque ha cambiado lo que puede hacer. Si algo no es correcto, pregunte a su administrador.',
  'digest.lead': 'Desde el {time} ha cambiado lo siguiente en su acceso a {organization}:',
  'digest.gained': 'Ahora tiene {role} en {place}, por: {through}.',
  'digest.lost': 'Ya no tiene {role} en {place}. Lo tenía por: {through}.',
  'digest.withheld': 'La regla {rule} le impide tener {role} en {place}. Lo tendría por: {through}.',
  'digest.allowCounts': 'Su permiso personal {permission} en {place} se aplica ahora, porque tiene un rol allí.',
  'digest.allowPauses': 'Su permiso personal {permission} en {place} ya no se aplica, porque no tiene ningún rol allí.',
  'digest.denyCounts': 'La denegación personal de {permission} en {place} se aplica ahora, porque tiene un rol allí.',
  'digest.denyPauses':
    'La denegación personal de {permission} en {place} ya no se aplica, porque no tiene ningún rol allí.',
  'digest.roleAllows': 'El rol {role} permite ahora: {permissions}.',
  'digest.roleRefuses': 'El rol {role} ya no permite: {permissions}.',
  'digest.by': 'Cambiado por {name}.',
  'digest.more': 'Y {count, plural, one {# cambio más} many {# cambios más} other {# cambios más}}.',
  'through.direct': 'directamente: {reason}',
  'through.team': 'equipo {name}',
  'through.filter': 'filtro {filter}',
  'through.group': 'grupo {name}',
  'through.inside': '{name} en {outer}',
} as const satisfies Record<keyof typeof en, string>
