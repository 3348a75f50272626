-- Opens an experiment in Neovim with the recipe of docs/editors.md, asks what a person would, prints the answers as JSON.
local recipe = os.getenv('RECIPE')
dofile(recipe)
vim.cmd('edit ' .. vim.fn.fnameescape(os.getenv('EXPERIMENT')))
local buffer = vim.api.nvim_get_current_buf()

local function wait(ready)
  return vim.wait(60000, function()
    local ok, found = pcall(ready)
    return ok and found
  end, 50)
end

local function ask(method, line, character)
  local params = {
    textDocument = vim.lsp.util.make_text_document_params(buffer),
    position = { line = line, character = character },
  }
  local answers = vim.lsp.buf_request_sync(buffer, method, params, 30000) or {}
  for _, answer in pairs(answers) do
    return answer.result
  end
end

wait(function()
  for _, each in ipairs(vim.diagnostic.get(buffer)) do
    if each.code == 'column-not-found' then return true end
  end
end)
local told = {}
for _, each in ipairs(vim.diagnostic.get(buffer)) do
  table.insert(told, { line = each.lnum, column = each.col, message = each.message, code = each.code })
end
local labels = {}
local completion = ask('textDocument/completion', 2, 11) or {}
for _, item in ipairs(completion.items or completion) do
  table.insert(labels, item.label)
end
local hover = ask('textDocument/hover', 1, 2)
io.stdout:write('ANSWER ' .. vim.json.encode({
  diagnostics = told,
  labels = labels,
  hover = hover and hover.contents.value or '',
  type = vim.bo[buffer].filetype,
}) .. '\n')
vim.cmd('qall!')
