-- Modelwright in Neovim 0.7 or later: findings, completion, hover, rename and the rest of the language, from the terminal
-- command. Copy it into your configuration; nothing else is needed.
local group = vim.api.nvim_create_augroup('modelwright', {})
vim.api.nvim_create_autocmd({ 'BufReadPost', 'BufNewFile' }, {
  group = group,
  pattern = { '*.experiment.yaml', '*.experiment.yml', 'experiment.yaml' },
  callback = function(event)
    vim.bo[event.buf].filetype = 'yaml'
    local folder = vim.fn.fnamemodify(event.match, ':p:h')
    local git = vim.fn.finddir('.git', folder .. ';')
    local root = git == '' and folder or vim.fn.fnamemodify(git, ':p:h:h')
    local capabilities = vim.lsp.protocol.make_client_capabilities()
    capabilities.textDocument.completion.completionItem.snippetSupport = false
    local client = vim.lsp.start_client({
      name = 'modelwright',
      cmd = vim.g.modelwright_command or { 'modelwright', 'lsp', '--stdio' },
      root_dir = root,
      capabilities = capabilities,
    })
    vim.lsp.buf_attach_client(event.buf, client)
    vim.bo[event.buf].omnifunc = 'v:lua.vim.lsp.omnifunc'
    local function map(keys, action)
      vim.keymap.set('n', keys, action, { buffer = event.buf })
    end
    map('K', vim.lsp.buf.hover)
    map('gd', vim.lsp.buf.definition)
    map('gr', vim.lsp.buf.references)
    map('<leader>rn', vim.lsp.buf.rename)
    map('<leader>ca', vim.lsp.buf.code_action)
  end,
})
