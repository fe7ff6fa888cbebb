-- What a directory sends beside the standard schemas: declared in discovery, and found by filters on an index.
CREATE TABLE "extension_attributes" (
	"organization_id" text NOT NULL,
	"directory_id" text NOT NULL,
	"resource" text NOT NULL,
	"key" text NOT NULL,
	"urn" text NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"multi_valued" boolean NOT NULL,
	"is_given" boolean DEFAULT false NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "extension_attributes_organization_id_directory_id_resource_key_pk" PRIMARY KEY("organization_id","directory_id","resource","key")
);
--> statement-breakpoint
ALTER TABLE "extension_attributes" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "extension_attributes" ADD CONSTRAINT "extension_attributes_organization_id_directory_id_directories_organization_id_id_fk" FOREIGN KEY ("organization_id","directory_id") REFERENCES "public"."directories"("organization_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE POLICY "own_organization" ON "extension_attributes" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON extension_attributes TO rolecall_server;
--> statement-breakpoint
-- Each value below an extension: of an attribute, of an element of a list, of a sub-attribute of either. Names that no filter
-- could spell are left out.
CREATE FUNCTION extension_values(p_attributes jsonb) RETURNS TABLE (urn text, name text, is_list boolean, value jsonb)
  LANGUAGE sql IMMUTABLE PARALLEL SAFE BEGIN ATOMIC
  WITH attribute AS (
    SELECT e.key AS urn, a.key AS name, a.value FROM jsonb_each(p_attributes) e
      CROSS JOIN LATERAL jsonb_each(CASE WHEN jsonb_typeof(e.value) = 'object' THEN e.value ELSE '{}' END) a
      WHERE lower(e.key) LIKE 'urn:%' AND a.key ~ '^[A-Za-z$_][A-Za-z0-9$_-]*$'),
  element AS (
    SELECT t.urn, t.name, jsonb_typeof(t.value) = 'array' AS is_list, x AS value
      FROM attribute t CROSS JOIN LATERAL jsonb_path_query(t.value, 'lax $[*]') x)
  SELECT element.urn, element.name, element.is_list, element.value FROM element
  UNION ALL
  SELECT element.urn, element.name || '.' || s.key, jsonb_typeof(s.value) = 'array', x
    FROM element CROSS JOIN LATERAL jsonb_each(CASE WHEN jsonb_typeof(element.value) = 'object' THEN element.value ELSE '{}' END) s
      CROSS JOIN LATERAL jsonb_path_query(s.value, 'lax $[*]') x
    WHERE s.key ~ '^[A-Za-z$_][A-Za-z0-9$_-]*$';
END;
--> statement-breakpoint
-- Whether there is anything of an extension that no standard describes. Asked at every write of a user, so that it has to be cheap.
CREATE FUNCTION has_own_extension(p_attributes jsonb) RETURNS boolean
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN jsonb_path_exists(p_attributes, '$.keyvalue() ? ((@.key starts with "urn:" || @.key starts with "URN:")
    && @.key != "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")');
--> statement-breakpoint
-- What text is looked for in extensions by an index: name and folded value, hashed, so that no length can be too much.
CREATE FUNCTION extension_term(p_name text, p_value text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN md5(lower(p_name) || E'\n' || fold(p_value));
--> statement-breakpoint
CREATE FUNCTION extension_terms(p_attributes jsonb) RETURNS text[]
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (SELECT array_agg(DISTINCT extension_term(v.urn || ':' || v.name, v.value #>> '{}'))
    FROM extension_values(p_attributes) v
    WHERE jsonb_typeof(v.value) <> 'object' AND v.urn <> 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User');
--> statement-breakpoint
CREATE INDEX users_extension_terms ON users USING gin (extension_terms(attributes)) WITH (fastupdate = off)
  WHERE has_own_extension(attributes);
--> statement-breakpoint
-- Nearly everybody has a manager, for whom a hash of a few bytes does.
CREATE INDEX users_manager ON users USING btree (organization_id,
    md5(fold(attributes #>> '{urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,manager,value}')))
  WHERE attributes #>> '{urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,manager,value}' IS NOT NULL;
--> statement-breakpoint
-- Row-level security would keep the index from being used, so this reads past it, inside the transaction's organization.
CREATE FUNCTION users_by_extension(p_name text, p_value text) RETURNS TABLE (user_id text)
  LANGUAGE sql STABLE SECURITY DEFINER ROWS 10 SET search_path = public, pg_temp AS $$
  SELECT u.id FROM users u
    WHERE lower(p_name) = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:manager.value'
      AND u.organization_id = current_setting('rolecall.organization_id', true) AND u.deleted_at IS NULL
      AND md5(fold(u.attributes #>> '{urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,manager,value}')) = md5(fold(p_value))
      AND u.attributes #>> '{urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,manager,value}' IS NOT NULL
  UNION ALL
  SELECT u.id FROM users u
    WHERE lower(p_name) <> 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:manager.value'
      AND has_own_extension(u.attributes) AND extension_terms(u.attributes) @> ARRAY[extension_term(p_name, p_value)]
      AND u.organization_id = current_setting('rolecall.organization_id', true) AND u.deleted_at IS NULL $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION users_by_extension(text, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION users_by_extension(text, text) TO rolecall_server;
--> statement-breakpoint
-- The attributes in it, with the type that all of their values have; where they differ, text is what they have in common.
CREATE FUNCTION extension_shape(p_attributes jsonb)
  RETURNS TABLE (key text, urn text, name text, type text, multi_valued boolean)
  LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
  SELECT lower(v.urn || ':' || v.name), min(v.urn), min(v.name), CASE
      WHEN bool_and(jsonb_typeof(v.value) = 'object') THEN 'complex'
      WHEN bool_and(jsonb_typeof(v.value) = 'boolean') THEN 'boolean'
      WHEN bool_and(jsonb_typeof(v.value) = 'number' AND v.value #>> '{}' !~ '[.eE]') THEN 'integer'
      WHEN bool_and(jsonb_typeof(v.value) = 'number') THEN 'decimal'
      ELSE 'string' END, bool_or(v.is_list)
    FROM extension_values(p_attributes) v
    WHERE v.urn <> 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
    GROUP BY lower(v.urn || ':' || v.name) $$;
--> statement-breakpoint
-- Keeps what was seen for the first time, or in another form than before; of a directory the first five hundred.
CREATE FUNCTION note_extension_attributes() RETURNS trigger
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO extension_attributes AS x (organization_id, directory_id, resource, key, urn, name, type, multi_valued, created_at)
    SELECT NEW.organization_id, NEW.directory_id, TG_ARGV[0], s.key, s.urn, s.name, s.type, s.multi_valued, now()
      FROM extension_shape(NEW.attributes) s LEFT JOIN extension_attributes k ON k.organization_id = NEW.organization_id
        AND k.directory_id = NEW.directory_id AND k.resource = TG_ARGV[0] AND k.key = s.key
      WHERE (k.key IS NULL AND (SELECT count(*) FROM extension_attributes c WHERE c.organization_id = NEW.organization_id
          AND c.directory_id = NEW.directory_id AND c.resource = TG_ARGV[0]) < 500)
        OR (NOT k.is_given AND ((k.type <> s.type AND k.type <> 'string' AND NOT (k.type = 'decimal' AND s.type = 'integer'))
          OR s.multi_valued > k.multi_valued))
      ORDER BY s.key LIMIT 500
    ON CONFLICT (organization_id, directory_id, resource, key) DO UPDATE SET
      type = CASE WHEN x.type = excluded.type THEN x.type
        WHEN x.type IN ('integer', 'decimal') AND excluded.type IN ('integer', 'decimal') THEN 'decimal' ELSE 'string' END,
      multi_valued = x.multi_valued OR excluded.multi_valued
      WHERE NOT x.is_given;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER note_extension_attributes AFTER INSERT OR UPDATE OF attributes, directory_id ON users FOR EACH ROW
  WHEN (NEW.directory_id IS NOT NULL AND has_own_extension(NEW.attributes))
  EXECUTE FUNCTION note_extension_attributes('User');
--> statement-breakpoint
CREATE TRIGGER note_extension_attributes AFTER INSERT OR UPDATE OF attributes, directory_id ON groups FOR EACH ROW
  WHEN (NEW.directory_id IS NOT NULL AND has_own_extension(NEW.attributes))
  EXECUTE FUNCTION note_extension_attributes('Group');
--> statement-breakpoint
-- What was seen before there was a place for it.
INSERT INTO extension_attributes (organization_id, directory_id, resource, key, urn, name, type, multi_valued, created_at)
  SELECT f.organization_id, f.directory_id, f.resource, f.key, min(f.urn), min(f.name),
    CASE WHEN count(DISTINCT f.type) = 1 THEN min(f.type) WHEN bool_and(f.type IN ('integer', 'decimal')) THEN 'decimal'
      ELSE 'string' END, bool_or(f.multi_valued), now()
  FROM (
    SELECT u.organization_id, u.directory_id, 'User' AS resource, s.* FROM users u
      CROSS JOIN LATERAL extension_shape(u.attributes) s WHERE u.directory_id IS NOT NULL AND has_own_extension(u.attributes)
    UNION ALL
    SELECT g.organization_id, g.directory_id, 'Group', s.* FROM groups g
      CROSS JOIN LATERAL extension_shape(g.attributes) s WHERE g.directory_id IS NOT NULL AND has_own_extension(g.attributes)) f
  GROUP BY f.organization_id, f.directory_id, f.resource, f.key;
--> statement-breakpoint
DO $comments$ BEGIN
  COMMENT ON TABLE extension_attributes IS
    'Attributes of extensions that no standard describes, as a directory has sent them or as they were registered: what discovery '
    'declares and filters may name. key is the full name in lower case, name a path for a sub-attribute.';
  COMMENT ON COLUMN extension_attributes.is_given IS 'Registered: what is sent changes neither type nor multi_valued.';
  COMMENT ON FUNCTION extension_values(jsonb) IS
    'Each value below an extension: of an attribute, of an element of a list, of a sub-attribute of either.';
  COMMENT ON FUNCTION has_own_extension(jsonb) IS 'Whether there is anything of an extension that no standard describes.';
  COMMENT ON FUNCTION extension_term(text, text) IS
    'Name and folded value of text in an extension, hashed, so that no length is too much for the index.';
  COMMENT ON FUNCTION extension_terms(jsonb) IS
    'What is looked for by an index in extensions that no standard describes.';
  COMMENT ON FUNCTION users_by_extension(text, text) IS
    'People of the transaction''s organization who have the text in the attribute of an extension, in whatever case; of the '
    'enterprise extension only the manager is looked for. Row-level '
    'security would keep the index from being used, so it reads past it, inside that organization.';
  COMMENT ON FUNCTION extension_shape(jsonb) IS
    'The attributes of extensions, each with the type that its values have in common.';
  COMMENT ON FUNCTION note_extension_attributes() IS
    'Keeps attributes of extensions that are seen for the first time, or in another form; of a directory the first 500.';
END $comments$;
