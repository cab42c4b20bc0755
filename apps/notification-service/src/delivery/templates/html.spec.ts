import { html } from './html';

describe('a template of HTML', () => {
  it('makes text of what it is given', () => {
    const given = `<b title="x" class='y'>&amp;`;
    expect(String(html`<p>${given}, ${2}</p>`)).toBe(
      '<p>&lt;b title=&quot;x&quot; class=&#39;y&#39;&gt;&amp;amp;, 2</p>',
    );
  });

  it('leaves HTML as it is, one or more', () => {
    const rows = ['a', '<'].map((cell) => html`<td>${cell}</td>`);
    expect(String(html`<tr>${rows}</tr>${html`<hr>`}`)).toBe('<tr><td>a</td><td>&lt;</td></tr><hr>');
  });

  it('does not read values as templates', () => {
    expect(String(html`${'${1 + 1}'} ${'$&'}`)).toBe('${1 + 1} $&amp;');
  });
});
