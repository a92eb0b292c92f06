"""The facts a brief is written from: one statement for any number of conversations."""

from __future__ import annotations

FACTS = """
select c.id as conversation_id, u.name as customer, coalesce(nullif(c.language, ''), u.language) as language, u.created_at as since,
  (select count(*)::int from sales_order o where o.workspace_id = $1 and o.customer_id = u.id and o.status <> 'cancelled') as order_count,
  c.channels, c.awaiting_since,
  coalesce((select json_agg(json_build_object('kind', h.kind, 'label', coalesce(nullif(h.label, ''), h.value), 'channel', h.channel,
    'strength', h.strength) order by h.created_at, h.id) from handle h where h.workspace_id = $1 and h.customer_id = u.id), '[]'::json)
    as handles,
  coalesce((select json_agg(json_build_object('id', o.id, 'channel', o.channel, 'external_id', o.external_id, 'number', o.number,
      'status', o.status, 'placed_at', o.placed_at, 'ship_by', o.ship_by, 'shipped_at', o.shipped_at, 'tracking', o.tracking,
      'carrier', o.carrier, 'currency', o.currency, 'total_minor', o.total_minor, 'lines', (
        select coalesce(json_agg(json_build_object('sku', coalesce(v.sku, l.external_sku), 'title', coalesce(v.title, l.title),
          'quantity', l.quantity, 'available', (select sum(b.on_hand - b.reserved - b.unavailable)::int from balance b
            where b.workspace_id = $1 and b.variant_id = v.id)) order by l.position), '[]'::json)
        from order_line l left join variant v on v.workspace_id = l.workspace_id and v.id = l.variant_id
        where l.workspace_id = $1 and l.order_id = o.id)) order by o.linked desc, o.placed_at desc, o.id desc)
    from (
      select s.*, exists (select 1 from conversation_order n where n.workspace_id = $1 and n.conversation_id = c.id
        and n.order_ref = s.external_id) as linked
      from sales_order s where s.workspace_id = $1 and (s.customer_id = u.id or s.external_id in (
        select n.order_ref from conversation_order n where n.workspace_id = $1 and n.conversation_id = c.id))
      order by linked desc, s.placed_at desc, s.id desc limit 3) o), '[]'::json) as orders,
  coalesce((select json_agg(json_build_object('id', a.id, 'external_id', a.external_id, 'kind', a.kind, 'title', a.title,
      'respond_by', a.respond_by) order by a.respond_by nulls last, a.id)
    from conversation_case k join channel_case a on a.workspace_id = k.workspace_id and a.id = k.case_id
    where k.workspace_id = $1 and k.conversation_id = c.id and a.open), '[]'::json) as cases,
  (select count(*)::int from message m where m.workspace_id = $1 and m.conversation_id = c.id and m.state = 'unknown') as doubtful,
  (select count(*)::int from message m where m.workspace_id = $1 and m.conversation_id = c.id and m.state = 'failed'
    and m.error_code <> 'discarded') as failed,
  coalesce((select json_agg(json_build_object('id', s.id, 'direction', s.direction, 'channel', s.channel, 'text', s.text,
      'at', s.sent_at, 'automated', s.automated, 'author', s.author) order by s.sent_at, s.id)
    from (
      select m.id, m.direction, coalesce(t.channel, c.channel) as channel, m.text, m.sent_at, m.automated, coalesce(p.name, '') as author
      from message m left join thread t on t.workspace_id = m.workspace_id and t.id = m.thread_id
      left join member p on p.workspace_id = m.workspace_id and p.id = m.author_id
      where m.workspace_id = $1 and m.conversation_id = c.id and m.kind = 'message' and m.deleted_at is null and m.held = ''
        and m.state <> 'failed'
      order by m.sent_at desc, m.id desc limit 40) s), '[]'::json) as said,
  coalesce((select json_agg(json_build_object('id', p.id, 'message_id', p.message_id, 'text', p.text, 'kind', p.kind, 'state', p.state,
      'due_at', p.due_at, 'by', coalesce(y.name, '')) order by p.due_at nulls last, p.id)
    from promise p left join member y on y.workspace_id = p.workspace_id and y.id = p.made_by
    where p.workspace_id = $1 and p.conversation_id = c.id and p.settled_at is null), '[]'::json) as vows
from conversation c join customer u on u.workspace_id = c.workspace_id and u.id = c.customer_id
where c.workspace_id = $1 and c.id = any($2)
"""

ZONE = "select time_zone from workspace where id = $1"
